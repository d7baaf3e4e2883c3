"""How soon PostgreSQL and we take each other for gone after a silence, as of a host without power or network.

The systems' own answers are hours for a connection that rests, and a quarter of an hour for one that was
written to. So long the locks of a cut host's open transaction would stand, and so long it would wait for an
answer itself. Both sides look after 5 s of rest, and give up after 10 s without an answer.
"""

# Of the client's library. Neither these nor those mean anything to a connection over a socket file.
OURS = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
# Of the server, for this session.
THEIRS = {
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # A process that is frozen in a transaction keeps its connection alive. Imports rest in theirs while they
    # wait for a provider; those that hold a lock which others want allow themselves less.
    "idle_in_transaction_session_timeout": 300_000,
}
