-- The works for LuaJIT: loops over the columns where they lie, through its FFI. It computes in double.
local ffi = require("ffi")
local TOP = 300

local function pointer(kind, address) return ffi.cast("const " .. kind .. "*", address) end

-- The best TOP so far as a heap with the worst on top: of equal values the later row.
local function best_of()
  local values, rows, size = ffi.new("double[?]", TOP + 2), ffi.new("uint32_t[?]", TOP + 2), 0
  local function worse(value, row, at) return value < values[at] or (value == values[at] and row > rows[at]) end
  local function sink(value, row, count)
    local at = 1
    while 2 * at <= count do
      local child = 2 * at
      if child < count and worse(values[child + 1], rows[child + 1], child) then child = child + 1 end
      if not worse(values[child], rows[child], 0) then break end
      values[at], rows[at] = values[child], rows[child]
      at = child
    end
    values[at], rows[at] = value, row
  end
  local function add(value, row)
    if size < TOP then
      size = size + 1
      local at = size
      while at > 1 do
        local parent = math.floor(at / 2)
        if not worse(value, row, parent) then break end
        values[at], rows[at] = values[parent], rows[parent]
        at = parent
      end
      values[at], rows[at] = value, row
    elseif value > values[1] then
      values[0], rows[0] = value, row
      sink(value, row, size)
    end
  end
  local function take(out)
    local count = size
    for place = count, 1, -1 do
      out[place - 1] = rows[1]
      local value, row = values[place], rows[place]
      values[0], rows[0] = value, row
      sink(value, row, place - 1)
    end
    size = 0
    return count
  end
  return add, take
end

-- in: addresses of the columns; n: candidates; the others as the work needs them.
local works = {}

local function loop_of(formula)
  return assert(loadstring("local p, l, c, s, out, n = ...; for i = 0, n - 1 do out[i] = " .. formula .. " end"))
end
local function indexed(formula) return (formula:gsub("%f[%w]([plcs])%f[%W]", "%1[i]")) end

function works.formula(q)
  local p, l, c, s = pointer("float", q.p), pointer("float", q.l), pointer("float", q.c), pointer("float", q.s)
  local out, loop = ffi.cast("float*", q.out), loop_of(indexed(q.formula))
  return function() loop(p, l, c, s, out, q.n); return 0 end
end

function works.filter(q)
  local p, l, c, s = pointer("float", q.p), pointer("float", q.l), pointer("float", q.c), pointer("float", q.s)
  local created, price, category = pointer("int64_t", q.created), pointer("int32_t", q.price), pointer("int32_t", q.category)
  local chosen, out = pointer("uint8_t", q.categories), ffi.cast("uint32_t*", q.out)
  local add, take = best_of()
  local n, dear, after = q.n, q.dear, ffi.cast("int64_t", q.after)
  return function()
    for i = 0, n - 1 do
      if created[i] > after and chosen[category[i]] ~= 0 and price[i] < dear then
        add(p[i] * (1 + 2 * l[i] + 3 * c[i] + 1.5 * s[i]), i)
      end
    end
    return take(out)
  end
end

return works
