-- SPDX-License-Identifier: Apache-2.0
-- wrk script: asks for the paths in the file $PATHS in turn, with the token $TOKEN.
local requests, at = {}, 0
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

function init(args)
    for path in io.lines(os.getenv("PATHS")) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end
