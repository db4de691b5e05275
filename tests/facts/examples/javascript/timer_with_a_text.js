// expect: decoded-code-run | source: T1059.007
setTimeout(atob("Y29uc29sZS5sb2coMSk="), 1000);
