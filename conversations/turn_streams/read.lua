-- Reads many streams at once. ARGV[1]: [[key, id of the last entry that is known], …]. Returns what came after it, as
-- JSON: one string costs its reader a tenth of what as many small answers would.
local found = {}
for _, turn in ipairs(cjson.decode(ARGV[1])) do
  local entries = redis.call('XRANGE', turn[1], '(' .. turn[2], '+', 'COUNT', 1000)
  if #entries > 0 then
    local news = {}
    for i, entry in ipairs(entries) do
      news[i] = {entry[1], entry[2][2], entry[2][4]}
    end
    found[#found + 1] = {turn[1], news}
  end
end
if #found == 0 then
  return ''
end
return cjson.encode(found)
