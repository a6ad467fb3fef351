-- SPDX-License-Identifier: Apache-2.0
-- wrk script: one POST after the other to $CALL with the body $BODY, in which {id} is the next line of the file $IDS (up to a tab;
-- {other} what follows it), {n} counts the requests, {pass} the passes over the file, {run} is $RUN, and {time} a time 30 days ahead that grows with every pass. The
-- ids that answers name as $TAKE are appended to the file $TAKEN. Answers other than "code":0 are counted and the last one is shown.
local ids, at, n, pass = {}, 0, 0, 0
local call, body, run, take = os.getenv("CALL"), os.getenv("BODY"), os.getenv("RUN"), os.getenv("TAKE")
local start = os.time() * 1000 + 2592000000 -- beyond any stage that the demo has, and at most a year ahead
local pattern, taken, thread0
refused, last = 0, ""

function setup(thread)
    thread0 = thread
end

function init(args)
    for line in io.lines(os.getenv("HEADERS")) do
        local name, value = line:match("^(.-): (.*)$")
        wrk.headers[name] = value
    end
    wrk.headers["Content-Type"] = "application/json; charset=utf-8"
    for id in io.lines(os.getenv("IDS")) do
        ids[#ids + 1] = id
    end
    if take then
        pattern, taken = '"' .. take .. '":"(%d+)"', io.open(os.getenv("TAKEN"), "a")
    end
end

local values = {}
function request()
    at, n = at + 1, n + 1
    if at > #ids then
        at, pass = 1, pass + 1
    end
    values.id, values.other = ids[at]:match("^([^\t]*)\t?(.*)$")
    values.n, values.pass, values.run = n, pass, run
    values.time = string.format("%d", start + pass)
    return wrk.format("POST", call, nil, (body:gsub("{(%l+)}", values)))
end

function response(status, headers, text)
    if not text:find('"code":0', 1, true) then
        refused, last = refused + 1, text:sub(1, 300)
    elseif taken then
        local id = text:match(pattern)
        if id then
            taken:write(id, "\n")
        end
    end
end

function done(summary, latency, requests)
    local count = thread0:get("refused")
    if count > 0 then
        print("Refused: " .. count .. ", such as " .. thread0:get("last"))
    end
end
