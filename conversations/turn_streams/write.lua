-- Appends to many streams at once. ARGV[1]: [[key, drop entries below this id or "", seconds to live, [[id, head, text],
-- …]], …]. Returns the streams that took no more, each with its last id.
local refused = {}
for _, turn in ipairs(cjson.decode(ARGV[1])) do
  local key = turn[1]
  for _, entry in ipairs(turn[4]) do
    local done = redis.pcall('XADD', key, entry[1], 'head', entry[2], 'text', entry[3])
    if type(done) == 'table' and done.err then
      local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
      if not last then
        return redis.error_reply(done.err)
      end
      refused[#refused + 1] = {key, last[1]}
      break
    end
  end
  if turn[2] ~= '' then
    redis.call('XTRIM', key, 'MINID', turn[2])
  end
  redis.call('EXPIRE', key, turn[3])
end
return refused
