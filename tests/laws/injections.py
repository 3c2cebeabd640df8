"""Hook texts in which a value could be run, and values that try to be.

`§` stands for a placeholder. Each value leaves a file called `marker` behind if any part of it is run.
"""

from __future__ import annotations

# What a value could be taken for: by shells, in each kind of quotes; by other languages; as an option, a
# name of a program, a path.
PAYLOADS = (
    "touch marker",
    "$(touch marker)",
    "`touch marker`",
    "; touch marker;",
    "\ntouch marker\n",
    "'; touch marker; '",
    '"; touch marker; "',
    "a[$(touch marker)]",
    "a[$(touch marker)]=1",
    "x=a[$(touch marker)]",
    '"; system("touch marker"); "',
    'system("touch marker")',
    "');__import__('os').system('touch marker');('",
    "__import__('os').system('touch marker')",
    "/;1e touch marker\n#",
    "touch marker/e;#",
    "|touch marker",
    "touch marker|",
    "-exec touch marker ;",
    "--to-command=touch marker",
    "--checkpoint-action=exec=touch marker",
    "-oProxyCommand=touch marker",
    "-va[$(touch marker)]",
    "./payload.sh",
    "payload",
    "$(shell touch marker)",
    "[exec touch marker]",
    ")touch marker(",
    "}; touch marker; {",
    "\\'; touch marker; #",
    "x\nE\ntouch marker\n",
    "a.exec+payload",
    "'+require('child_process').execSync('touch marker')+'",
    "require('child_process').execSync('touch marker')",
    "${x:-$(touch marker)}",
    "touch${IFS}marker",
    "{touch,marker}",
    "<(touch marker)",
    "&touch marker&",
    "||touch marker",
    "\\$(touch marker)",
    "$BORGPLAN_OUTPUT",
    "BORGPLAN_OUTPUT",
    "\x00;touch marker",
    "\r\ntouch marker\r\n",
    "\uff21A$(touch marker)",
    "' -exec sh -c 'touch marker",
    "!sh -c 'touch marker'",
    ":!touch marker",
    "x' UNION; \\! touch marker\n",
    "*/1 * * * * touch marker",
)

# How a value stands in an argument.
QUOTED = (
    "§",
    '"§"',
    "'§'",
    '"x § y"',
    "'x § y'",
    'x§"y"',
    "--option=§",
    "-x§",
    '"$(echo §)"',
    "`echo §`",
)

# How it stands in code for another shell.
CODE = (
    "'§'", '"§"', "§", "'echo §'", "'echo \"§\"'", '"echo \'§\'"', "'X=§; eval \"$X\"'", "'eval §'",
    "'x; §'", "'$(§)'", '"X=§ sh -c true"', "echo\\ §", "'true '§", "'. /dev/stdin' <<< §",
)  # fmt: skip

# Shells and what starts them; `%` stands for the code.
SHELLS = (
    "sh -c %", "bash -c %", "sh -ce %", "bash -cx %", "sh -c -o errexit %", "sh -o errexit -c %", "sh -c -- %",
    "/bin/sh -c %", "env sh -c %", "env -i sh -c %", "env PATH=$PATH bash -c %", "nohup sh -c %", "nice sh -c %",
    "timeout 5 sh -c %", "exec sh -c %", "command sh -c %", "command eval %", "builtin eval %", "eval %",
    "eval echo %", "$SHELL -c %", "${SHELL:-sh} -c %", "su -c%", "su me -c %", "su --command=%", "runuser -u me -c %",
    "sudo sh -c %", "sudo -u me sh -c %", "doas sh -c %", "flock lock -c %", "flock lock --command %",
    "script -qc % /dev/null", "ssh host %", "ssh -p 22 me@host %", "docker exec box sh -c %",
    "kubectl exec pod -- sh -c %", "podman exec box sh -c %", "xargs -I% sh -c %", "find . -maxdepth 0 -exec sh -c % \\;",
    "watch -n1 %", "parallel ::: %", "trap % EXIT", "trap % EXIT; exit", "coproc %", "(sh -c %)", "{ sh -c %; }",
    "x=$(sh -c %)", "true && sh -c %", "false || sh -c %", "if sh -c %; then :; fi", "f() { sh -c \"$1\"; }; f %",
    "f() { eval \"$@\"; }; f %", "alias run=eval; run %", "alias run='sh -c'\nrun %", "at now -f %", "unknown %",
    "unknown --run %", "./unknown.sh %",
)  # fmt: skip

# Programs that get a value as an argument, in each kind of quotes.
PROGRAMS = (
    "unknown %", "unknown -m %", "echo %", "echo -n % x", "printf %", "printf '<%s>' %", "printf '%d' %", "printf %b %",
    "printf -v x %", "test %", "test -n %", "test -v %", "[ % ]", "[ -n % ]", "[ % = x ]", "[ x = % ]", "[ -v % ]",
    "[ % -eq 1 ]", "[[ % ]]", "[[ -v % ]]", "[[ % == x ]]", "[[ x =~ % ]]", "[[ % -eq 1 ]]", "[[ 1 -lt % ]]", "let %",
    "let x=%", "declare %", "declare -i x=%", "declare -a x=%", "typeset -i x=%", "local %", "readonly %", "export %",
    "export X=%; sh -c 'eval \"$X\"'", "read % < text", "unset %", "set -- %; eval \"$1\"", "set -- %; $1",
    "getopts % x", "source %", ". %", "alias x=%\nx", "alias %", "enable -f %", "hash -p % x", "cd %", "exit %",
    "return %", "shift %", "wait %", "kill %", "type %", "command %", "command -v %", "builtin %", "exec %", "nohup %",
    "nice %", "timeout 5 %", "env %", "env X=% sh -c 'eval \"$X\"'", "env -S %", "xargs % < text", "find . -maxdepth 0 %",
    "find . -maxdepth 0 -exec % \\;", "find % -maxdepth 0", "sudo %", "doas %", "make X=% -f Makefile", "make -f %",
    "make %", "make --eval=%", "git -c alias.x=% x", "git %", "tar -cf out.tar --to-command=% text",
    "tar -cf out.tar --checkpoint=1 --checkpoint-action=% text", "tar -cf out.tar % text", "sed %", "sed -e % text",
    "sed s/x/%/ text", "sed 's/x/'%'/e' text", "sed -e 's|x|'%'|e' text", "sed \"1i\\\\\n\"% text", "awk %", "awk -F : %",
    "awk -F, % text", "awk -v x=1 -F , %", "awk -v x=% 'BEGIN { system(x) }'", "awk '{ system($0) }' text %",
    "perl -e %", "perl -we %", "perl -ne % text", "perl -e 'print '%", "perl -e 'system(shift)' %", "python3 -c%",
    "python3 -c %", "python3 -c 'eval('%')'", "python3 -c 'import sys; eval(sys.argv[1])' %", "node -e %", "node -p %",
    "tclsh %", "m4 -D x=% text", "mysql -e %", "psql -c %", "sqlite3 db %", "vim -c %", "vim +%", "jq -n %",
    "jq --arg x % -n '$x'", "envsubst %", "logger %", "logger -t x %", "logger -f %", "wall %", "curl -d % u", "curl -K %",
    "curl % u", "mail -s % root", "mail % root", "mail root %", "notify-send %", "crontab %", "at %", "watch %",
    "parallel %", "ssh %", "ssh % host", "docker run %", "docker exec box %", "docker stop %", "kubectl exec pod -- %",
    "history -s %; fc -s", "bind -x %", "complete -C % x", "mapfile -C % -c 1 x < text", "ls %", "rm -f %", "cat %",
    "dd of=%", "tee %", "% x", "X=%", "X=% unknown", "X=% sh -c 'eval \"$X\"'", "X=% sh -c '$X'", "PS4=%; set -x; true",
    "PS4=% sh -xc true", "IFS=%", "ENV=% sh -i < /dev/null", "BASH_ENV=% bash -c true", "PROMPT_COMMAND=% bash -i < /dev/null",
)  # fmt: skip

# Whole texts: what is done with a value later on.
TEXTS = (
    'MSG=§; eval "echo $MSG"', 'MSG="§"; $MSG', "MSG='§'; sh -c \"$MSG\"", 'MSG=§; echo "$MSG" | sh', "X=§; : ${X@P}",
    'X=§; echo "${X@P}"', "X=§; : $(( X ))", "X=§; : $((X + 1))", "X=§; [[ $X -eq 1 ]]", "X=§; [[ X -eq 1 ]]",
    "X=§; ((X))", "X=§; let X", "X=§; declare -n y=$X; : $y", "X=§; : ${!X}", 'X=§; test -v "$X"', "X=§; unset $X",
    'X=§; printf -v "$X" x', "X=§; a[X]=1", "X=§; : ${a[$X]}", ': "${§}"', ": ${x:-§}", ': "${x:=§}"', ": ${x:+§}",
    'm=§; echo "$m" | sh', 'm=§; n="$m"; eval "$n"', 'm="§"; sh -c "$m"', "m=§; sh -c 'eval \"$m\"'", 'm=§; export m; sh -c \'$m\'',
    'm=§; $m', 'm=§; echo "$(sh -c "$m")"', 'm=§; echo "$m" > x; sh x', 'm=§; x=$(echo "$m"); $x', "m=§; unknown $m", 'm=§; unknown "$m"',
    'm=§; printf "$m" x', 'm=§; printf -v "$m" x', 'm=§; [ "$m" -eq 1 ]', "m=§; [[ m -eq 1 ]]", "m=§; : $((m))", "m=§; let m", "m=§; a[m]=1",
    'm=§; test -v "$m"', "m=§; declare -i m; m=x", 'm=§; mail -s x $m', 'm=§; logger $m; eval "$m"', 'm=§; trap "$m" EXIT', 'm=§; alias x="$m"\nx',
    'm=§; echo "${m@P}"', 'm=§; echo "${!m}"', 'MSG=§; echo "$MSG"; eval "$MSG"', 'PATH=§; unknown', 'PS4=§; set -x; echo "$PS4"', "a[§]=1", "a=(§)", "a=([§]=1)", "declare -A a; a[§]=1", ": $(( § ))", ': "$(( 1 + § ))"', ": $[ § ]", ': "$[§]"',
    "(( § ))", "(( x = § ))", "for (( i = §; i < 1; i++ )); do :; done", "for x in §; do $x; done",
    'for x in §; do eval "$x"; done', "while read x; do $x; done <<< §", "read x <<< §; eval \"$x\"", "case § in *) ;; esac",
    "case x in §) ;; esac", "case § in $(echo x)) ;; esac", "select x in §; do break; done < text", "echo § | sh",
    "echo '§' | sh", 'echo "§" | bash', "printf '%s\\n' § | sh", "printf %s § | bash -s", "echo § | tee x | sh",
    "echo § | cat | sh", "echo § | xargs sh -c", "echo § | xargs -I% sh -c %", "echo § | xargs", "echo § | xargs env",
    "echo § | while read x; do eval \"$x\"; done", "echo § | while read -r x; do $x; done", "echo § | { read x; $x; }",
    "echo § | (sh)", "{ echo §; } | sh", "(echo §) | sh", "if true; then echo §; fi | sh",
    "for x in 1; do echo §; done | sh", "case x in x) echo §;; esac | sh", "while echo § | sh; do break; done",
    "f() { echo §; }; f | sh", "f() { sh; }; echo § | f", "echo § |& sh", "! echo § | sh", "echo § > x; sh x",
    "echo § > x && sh x", "echo § > x; . ./x", "echo § >> x; bash x", "echo § | tee x; sh x", "echo § > x\nsource ./x",
    "{ echo §; } > x; sh x", "(echo §) > x; sh ./x", "exec > x; echo §; sh x", "exec 3> x; echo § >&3; sh x",
    "echo § > >(sh)", "echo § >&2 2> >(sh)", "sh <(echo §)", "source <(echo §)", "source /dev/stdin <<< §", "sh <<< §",
    "bash <<< '§'", ". /dev/fd/0 <<< §", "mkfifo p; sh < p & echo § > p; wait", "exec > >(sh); echo §", "cat <<E | sh\n§\nE",
    "sh <<E\n§\nE", "sh <<E\necho §\nE", "sh <<'E'\n§\nE", "sh <<-E\n\t§\n\tE", "cat <<E\n$(echo §)\nE", "cat <<E\n`§`\nE",
    "cat <<E\n$(( § ))\nE", "cat <<E\n${x:-§}\nE", "eval \"$(cat <<E\n§\nE\n)\"", "X=$(cat <<E\n§\nE\n); eval \"$X\"",
    "python3 <<E\nprint('§')\nE", "perl <<E\nprint '§'\nE", "x=$(echo §); eval \"$x\"", "x=`echo §`; $x", "$(echo §)", "`echo §`",
    "\"$(echo §)\"", "sh -c \"$(echo §)\"", "eval $(echo §)", "eval `echo '§'`", "echo §; $_", "echo §; eval \"$_\"",
    "echo §; sh -c \"$_\"", ": §; $_", "printf %s §; eval $_", "alias echo=eval; echo §", "alias echo='sh -c'\necho §",
    "echo() { sh -c \"$1\"; }; echo §", "echo () { eval \"$@\"; }\necho §", "function echo { eval \"$@\"; }; echo §",
    "enable -n echo; echo § | sh", "E=eval; $E §", "e=ev; ${e}al §", "\\eval §", "'eval' §", "e'v'al §", "ev\"al\" §",
    "command eval §", "command command eval §", "builtin eval §", "time eval §", "! eval §", "{ eval §; }", "(eval §)",
    "true; eval §", "true & eval §", "eval 'eval' §", "eval -- §", "eval x=§", "eval \"x='§'\"", "trap § EXIT", "trap '§' 0",
    "trap 'eval \"$x\"' EXIT; x=§", "trap 'eval \"$BASH_COMMAND\"' DEBUG; echo §", "set -x; PS4='§'; true",
    "PS4='$(§)'; set -x; true", "PS4=§ bash -xc true", "set -- §; eval \"$*\"", "set -- §; \"$@\"", "set §; $1", "§", "'§'", '"§"',
    "§ x", "x§", "./§", "X=1 §", "> §", ">> §", "< §", "2> §", "echo x > §", "echo x | tee §", "sh §", "sh < §", ". ./§",
    "echo 'it''s §' | sh", "echo \"`echo '§'`\" | sh", "echo \"$(echo \"$(echo §)\")\" | sh", "echo # §\necho § | sh",
    "echo \\\n§ | \\\nsh", "echo § \\\n | sh", "echo § |\nsh", "echo § | # comment\nsh", "echo x; echo § | sh; echo y",
    "timeout 5 echo § | sh", "sudo echo § | sh", "echo § | sudo sh", "echo § | timeout 5 sh", "echo § | env sh", "echo § | ssh host",
    "echo § | ssh host sh", "echo § | docker exec -i box sh", "echo § | mysql", "echo § | psql", "echo § | sqlite3 db", "echo § | at now",
    "echo § | crontab -", "echo § | python3", "echo § | python3 -", "echo § | perl", "echo § | node", "echo § | tclsh",
    "echo § | awk '{ system($0) }'", "echo § | awk '{ print | \"sh\" }'", "echo § | sed e", "echo § | sed 's/^/:;/e'",
    "echo § | sed -n '1e'", "echo § | perl -ne system($_)", "echo § | make -f -", "echo § | m4", "echo § | git apply",
    "echo § | parallel", "echo § | xargs -0 sh -c", "echo § | xargs -n1", "echo § | xargs -d '\\n' -n1 sh -c",
    "echo § | unknown", "echo § | ./unknown.sh", "echo § | bash -c 'eval \"$(cat)\"'", "echo § | cat > x; sh x",
    "echo § | sort | uniq | sh", "echo § | mail -s x root", "echo § | logger", "echo § | tee log", "echo § | curl -d @- u",
    "echo § | curl -K - u", "echo § | tr a b | bash", "echo § | head -1 | sh -s", "echo § 2>&1 | sh", "echo § >&2 | sh",
    "mail -s \"x §\" root < text", "mail -s \"$(echo §)\" root < text", "curl -d '{\"x\": \"§\"}' u", "curl -H \"x: §\" u",
    "python3 -c 'print(\"§\")'", "python3 -c \"print('§')\"", "python3 -c 'print(§)'", "perl -e 'print \"§\"'",
    "perl -e \"print '§'\"", "perl -e 'print §'", "perl -e 's/x/§/'", "perl -e 's/x/§/e'", "perl -e '$_=q(x); s/x/§/; print'",
    "awk '{ print \"§\" }' text", "awk 'BEGIN { print § }'", "awk 'BEGIN { print \"§\" | \"cat\" }'", "awk '/§/' text",
    "awk -v 'x=§' 'BEGIN { print x }'", "awk \"BEGIN { print \\\"§\\\" }\"", "sed 's/x/§/' text", "sed 's/x/§/e' text",
    "sed -e 's|x|§|' text", "sed 's,x,§,' text", "sed 's:x:§:' text", "sed 's_x_§_' text", "sed '/§/d' text", "sed -e '1i §' text",
    "sed -e '§' text", "sed 's/x/§/w out' text", "node -e 'console.log(\"§\")'", "node -e 'console.log(§)'",
    "node -e \"console.log('§')\"", "node -e 'console.log(`§`)'", "echo 'puts §' | tclsh", "echo 'puts \"§\"' | tclsh",
    "echo 'x:; echo §' | make -f - x", "make X='§' -f Makefile", "make -f Makefile \"X=§\"", "psql -c \"select '§'\"",
    "mysql -e \"insert into t values ('§')\"", "sqlite3 db \"insert into t values ('§')\"", "jq -n '\"§\"'", "jq -n --arg m § '$m'",
    "echo '{\"x\": \"§\"}' | jq .", "ssh host \"echo '§'\"", "ssh host 'logger \"§\"'", "ssh host logger §", "ssh -o ProxyCommand=§ host",
    "docker exec box sh -c 'echo \"§\"'", "kubectl exec pod -- sh -c \"echo '§'\"", "find . -maxdepth 0 -exec echo § \\;",
    "find . -name §", "find . -maxdepth 0 -exec sh -c 'echo §' \\;", "xargs -I{} sh -c 'echo §' < text", "vim -c '§' -c q",
    "vim -c 'call system(\"§\")'", "git commit -m §", "git -c core.pager=§ log", "git log --format=§", "tar cf x.tar -I § text",
    "su - me -c \"echo '§'\"", "script -c 'echo §' /dev/null", "flock lock sh -c 'echo §'", "echo 'echo §' | at now",
    "(crontab -l; echo '* * * * * §') | crontab -", "tmux new -d §", "screen -dm sh -c §", "systemd-run sh -c §",
    "systemd-cat sh -c §", "systemd-cat §", "ntfy subscribe x §", "sh -c 'echo \"$1\"' sh §", "sh -c 'eval \"$1\"' sh §",
    "sh -c '$1' sh §", "bash -c '[[ $1 -eq 1 ]]' sh §", "bash -c ': ${1@P}' sh §", "sh -c '\"$@\"' sh §", "sh -s § <<< '$1'",
    "env X=§ sh -c '$X'", "env - X=§ bash -c 'eval $X'", "X=§ Y=1 bash -c '[[ X -eq 1 ]]'", "export X=§\nsh -c 'sh -c \"$X\"'",
    "X=§; export X; sh -c 'eval \"$X\"'", "echo -e § | sh", "echo -n § | bash", "echo \"a\" § 'b' | sh", "echo $@ § | sh",
    "shopt -s expand_aliases; alias x=§\nx", "exec sh -c §", "exec §", "coproc sh -c §", "coproc { eval §; }",
    "f() { local x=§; eval \"$x\"; }; f", "f() { eval \"$1\"; }; f '§'", "f() { $1; }; f §", "f() { trap \"$1\" EXIT; }; f §",
    "command_not_found_handle() { unset -f command_not_found_handle; eval \"$*\"; }; §", "history -s §; fc -e - ", "bind -x '\"x\": §'", "compgen -W §", "compgen -C §",
    "complete -W § x; compgen -W §", "mapfile -t -C § -c 1 a <<< x", "printf '%(§)T'", "printf \"§\" x", "printf '%s %n' x §",
    "printf \"%s§\" x | sh", "getconf §", "ulimit §", "umask §", "test § -eq 1", "test § -ot text", "[ -n § -a x = x ]", "[ ! § ]",
    "[ \"§\" -gt 5 ] && echo x", "expr § + 1", "expr 1 : §", "bc <<< §", "echo § | bc", "echo § | dc", "seq §", "sleep §", "date -d §",
)  # fmt: skip


def hook_texts() -> list[str]:
    """Every text once, in a stable order; with `§` for a placeholder."""
    found = [_filled(shell, code) for shell in SHELLS for code in CODE]
    found += [_filled(program, quoted) for program in PROGRAMS for quoted in QUOTED]
    return list(dict.fromkeys([*TEXTS, *found]))


def _filled(text: str, part: str) -> str:
    """The last `%` is the place; others belong to programs."""
    before, _, after = text.rpartition("%")
    return before + part + after
