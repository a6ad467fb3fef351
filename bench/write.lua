-- SPDX-License-Identifier: Apache-2.0
-- wrk script: update_progress on the orders listed in the file $ORDERS, one after the other. Stage ids are unique by $RUN
-- and a counter; the stage time grows with every pass over the orders, and from run to run with the clock.
local orders, at, pass = {}, 0, 0
local run = os.getenv("RUN")
local start = os.time() * 1000 + 100000000000 -- three years ahead: beyond any stage that the demo has
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")
wrk.headers["Content-Type"] = "application/json; charset=utf-8"

function init(args)
    for id in io.lines(os.getenv("ORDERS")) do
        orders[#orders + 1] = id
    end
end

function request()
    at = at + 1
    if at > #orders then
        at, pass = 1, pass + 1
    end
    return wrk.format("POST", "/open-apis/hire/v1/eco_background_checks/update_progress", nil, string.format(
        '{"background_check_id":"%s","stage_id":"%s-%d-%d","stage_name":"工作履历核实中",' ..
        '"stage_en_name":"Employment being verified","stage_time":"%d"}', orders[at], run, pass, at, start + pass))
end
