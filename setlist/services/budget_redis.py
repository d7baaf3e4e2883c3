"""A provider's account in Redis, shared by all processes and hosts: one round trip a call.

The script follows budget.decide(); a test holds the two against each other. Times are microseconds of
Redis' own clock, so that hosts whose clocks differ keep one pace.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import redis

from setlist.services.budget import SLICES, TRAVEL_SECONDS, Account, BudgetRule, Refusal, Share, Verdict

STATE = "setlist:budget:{account}"
USED = "setlist:budget:{account}:used"

# KEYS: state, used. ARGV: interval, patience, allowance or 0, slice, slices, share, for fans, for setlists,
# whether to count, travel: a call is counted in the slice in which it arrives.
# Answers {"ok", wait} | {"held" | "spent" | "busy", instant} | {"cold"}.
RESERVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return {'cold', '0'} end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, patience, calls = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local slice, slices, share = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local known = redis.call('HMGET', KEYS[1], 'slot', 'held', 'left', 'resets')
local held = math.max(now, tonumber(known[2] or '0'))
if held - now > patience then return {'held', string.format('%.0f', held)} end
local current = math.floor(now / slice)
if calls > 0 then
    local spent, by_slice, old, total = {fans = 0, setlists = 0, rest = 0}, {}, {}, 0
    local used = redis.call('HGETALL', KEYS[2])
    for index = 1, #used, 2 do
        local number, owner = string.match(used[index], '^(%d+):(%a+)$')
        local count = tonumber(used[index + 1])
        number = tonumber(number)
        if number >= current - slices then
            spent[owner] = spent[owner] + count
            by_slice[number] = (by_slice[number] or 0) + count
            total = total + count
        else
            old[#old + 1] = used[index]
        end
    end
    if #old > 0 then redis.call('HDEL', KEYS[2], unpack(old)) end
    local left, told = math.max(0, calls - total), false
    local resets = tonumber(known[4] or '0')
    if known[3] and resets > now then left, told = math.max(0, tonumber(known[3])), true end
    local kept = 0
    if share ~= 'fans' then kept = kept + math.max(0, tonumber(ARGV[7]) - spent.fans) end
    if share ~= 'setlists' then kept = kept + math.max(0, tonumber(ARGV[8]) - spent.setlists) end
    if left <= kept then
        if told then return {'spent', string.format('%.0f', resets)} end
        local numbers = {}
        for number in pairs(by_slice) do numbers[#numbers + 1] = number end
        table.sort(numbers)
        for _, number in ipairs(numbers) do
            left = left + by_slice[number]
            if left > kept then
                return {'spent', string.format('%.0f', (number + slices + 1) * slice)}
            end
        end
        return {'spent', string.format('%.0f', now + slice * slices)}
    end
end
local slot = math.max(held, tonumber(known[1] or '0'))
if slot - now > patience then return {'busy', string.format('%.0f', slot)} end
redis.call('HSET', KEYS[1], 'slot', string.format('%.0f', slot + interval))
if ARGV[9] == '1' then
    if known[3] then redis.call('HINCRBY', KEYS[1], 'left', -1) end
    if calls > 0 then
        local arrival = math.floor((slot + tonumber(ARGV[10])) / slice)
        redis.call('HINCRBY', KEYS[2], string.format('%.0f', arrival) .. ':' .. share, 1)
        redis.call('PEXPIRE', KEYS[2], math.ceil(slice * (slices + 2) / 1000))
    end
end
return {'ok', string.format('%.0f', slot - now)}
"""
# KEYS: state, used. ARGV: slot, held, left or '', resets, then fields and counts. Only where nothing is.
SEED = """
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'slot', ARGV[1], 'held', ARGV[2])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'left', ARGV[3], 'resets', ARGV[4]) end
redis.call('DEL', KEYS[2])
for index = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1]) end
return 1
"""
# KEYS: state. ARGV: microseconds from now. The end of the hold, which never comes nearer.
HOLD = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local held = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'held') or '0'))
redis.call('HSET', KEYS[1], 'held', string.format('%.0f', held))
return string.format('%.0f', held)
"""
# KEYS: state. ARGV: left, resets, tolerance. In one window what is left only falls: an answer that was
# overtaken by others, or was counted before calls now on their way, knows too many.
LEARN = """
local known = redis.call('HMGET', KEYS[1], 'left', 'resets')
local same = known[1] and math.abs(tonumber(known[2] or '0') - tonumber(ARGV[2])) <= tonumber(ARGV[3])
if same and tonumber(known[1]) <= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'left', ARGV[1], 'resets', ARGV[2])
return 1
"""
# KEYS: state, used. ARGV: slice, share, travel. A call that was counted and then not sent, at its slot.
GIVE_BACK = """
local clock = redis.call('TIME')
local arrival = math.floor((clock[1] * 1000000 + clock[2] + ARGV[3]) / ARGV[1])
local field = string.format('%.0f', arrival) .. ':' .. ARGV[2]
if tonumber(redis.call('HGET', KEYS[2], field) or '0') > 0 then redis.call('HINCRBY', KEYS[2], field, -1) end
if redis.call('HEXISTS', KEYS[1], 'left') == 1 then redis.call('HINCRBY', KEYS[1], 'left', 1) end
return 1
"""
_REFUSALS = {"held": Refusal.HELD, "spent": Refusal.SPENT, "busy": Refusal.BUSY}
SAME_WINDOW_SECONDS = 5.0


class RedisAccount:
    """Every method may raise redis.RedisError."""

    def __init__(self, connection: redis.Redis, account: str, rule: BudgetRule) -> None:
        self._redis = connection
        self._rule = rule
        self._keys = [STATE.format(account=account), USED.format(account=account)]
        self._reserve = connection.register_script(RESERVE)
        self._seed = connection.register_script(SEED)
        self._hold = connection.register_script(HOLD)
        self._learn = connection.register_script(LEARN)
        self._give_back = connection.register_script(GIVE_BACK)

    def reserve(self, share: Share, *, count: bool = True) -> Verdict | None:
        """None: Redis knows nothing of this account, and wants to be told what the rows know."""
        rule, allowance = self._rule, self._rule.allowance
        arguments: list[str | int] = [
            _micro(rule.interval),
            _micro(rule.patience(share)),
            allowance.calls if allowance else 0,
            _micro(allowance.slice_seconds) if allowance else 1,
            SLICES,
            share.value,
            allowance.for_fans if allowance else 0,
            allowance.for_setlists if allowance else 0,
            int(count),
            _micro(TRAVEL_SECONDS),
        ]
        said, number = self._reserve(self._keys, arguments)
        if said == "cold":
            return None
        if said == "ok":
            return Verdict(wait=int(number) / 1_000_000)
        return Verdict(refusal=_REFUSALS[said], until=_instant(int(number)))

    def give_back(self, share: Share) -> None:
        slice_length = _micro(self._rule.slices.slice_seconds)
        self._give_back(self._keys, [slice_length, share.value, _micro(TRAVEL_SECONDS)])

    def seed(self, account: Account) -> None:
        """Tell Redis what the rows know, unless another process was faster."""
        told = account.quota_left is not None and account.quota_resets_at is not None
        arguments: list[str | int] = [
            _epoch(account.next_slot_at),
            _epoch(account.held_until),
            str(account.quota_left) if told else "",
            _epoch(account.quota_resets_at),
        ]
        for (number, share), calls in account.used.items():
            arguments += [f"{number}:{share.value}", calls]
        self._seed(self._keys, arguments)

    def forget(self) -> None:
        self._redis.delete(*self._keys)

    def hold(self, seconds: float) -> datetime:
        return _instant(int(self._hold(self._keys[:1], [_micro(seconds)])))

    def learn(self, left: int, resets_at: datetime) -> None:
        self._learn(self._keys[:1], [left, _epoch(resets_at), _micro(SAME_WINDOW_SECONDS)])

    def account(self) -> Account | None:
        """What Redis knows, to look at; None: nothing."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._keys[0])
            pipe.hgetall(self._keys[1])
            state, used = pipe.execute()
        if not state:
            return None
        return Account(
            next_slot_at=_when(state, "slot"),
            held_until=_when(state, "held"),
            quota_left=int(state["left"]) if "left" in state else None,
            quota_resets_at=_when(state, "resets"),
            used={_used_key(field): int(calls) for field, calls in used.items()},
        )


def _used_key(field: str) -> tuple[int, Share]:
    number, _, share = field.partition(":")
    return int(number), Share(share)


def _when(state: Mapping[str, str], field: str) -> datetime | None:
    number = int(state.get(field, "0"))
    return _instant(number) if number else None


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


def _epoch(when: datetime | None) -> int:
    return 0 if when is None else _micro(when.timestamp())


def _micro(seconds: float) -> int:
    return round(seconds * 1_000_000)
