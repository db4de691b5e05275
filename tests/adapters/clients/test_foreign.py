"""A foreign command runs in the user's own environment, with what the client made of it and nothing of the gate's."""

from pratique.adapters.clients.foreign import made_by_client


def test_of_what_a_client_tells_only_what_it_made_itself_is_the_users() -> None:
    users = {
        "PATH": "/bin",
        "HOME": "/srv/ann",
        "UV_INDEX": "https://index.example/",
        "https_proxy": "http://p.example",
    }
    given = {
        **users,
        "UV_INDEX": "http://gate.example/",
        "https_proxy": "http://127.0.0.1:1",
        "UV_CACHE_DIR": "/srv/run",
    }
    told = {**given, "PATH": "/srv/env/bin:/bin", "VIRTUAL_ENV": "/srv/env"}
    assert made_by_client(users, given, told) == {**users, "PATH": "/srv/env/bin:/bin", "VIRTUAL_ENV": "/srv/env"}
    assert made_by_client(users, given, given) == users
