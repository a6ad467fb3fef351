-- SPDX-License-Identifier: Apache-2.0
-- wrk script: sends the lines of the file $CALLS in turn, each a path or a path, a tab and a JSON body (then it is a POST), with
-- the headers of the file $HEADERS ("Name: value").
local requests, at = {}, 0


function init(args)
    for line in io.lines(os.getenv("HEADERS")) do
        local name, value = line:match("^(.-): (.*)$")
        wrk.headers[name] = value
    end
    wrk.headers["Content-Type"] = "application/json; charset=utf-8"
    for line in io.lines(os.getenv("CALLS")) do
        local path, body = line:match("^([^\t]+)\t?(.*)$")
        requests[#requests + 1] = wrk.format(body ~= "" and "POST" or "GET", path, nil, body ~= "" and body or nil)
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end
