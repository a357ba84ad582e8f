# Prints what a word stands for. Only a ~ or a variable at its start is replaced, so that completing
# a line cannot run a command.
function __ccrun_expand
    set -l word $argv[1]
    set -l name (string match -r '^\$\{?([A-Za-z_]\w*)\}?' -- $word)
    if set -q name[2]
        set word "$$name[2]"(string sub -s (math (string length -- $name[1]) + 1) -- $word)
    end
    if string match -qr '^~(/|$)' -- $word
        set word $HOME(string sub -s 2 -- $word)
    end
    printf '%s\n' $word
end

# Prints the ids of the sessions, and their titles, which fish also compares with the word.
function __ccrun_sessions
    set -l words (commandline -opc)
    set -l program ccrun
    if string match -q '*/ccrun' -- $words[1]
        set program (__ccrun_expand $words[1])
    end
    set -l dir .
    set -l previous ''
    for word in $words
        if string match -qr '^(--cwd|-[a-zA-Z]*C)$' -- $previous
            set dir (__ccrun_expand $word)
        else if string match -qr '^(--cwd=|-C).' -- $word
            set dir (__ccrun_expand (string replace -r '^(--cwd=|-C)' '' -- $word))
        end
        set previous $word
    end
    set -l sessions (printf 'last\tthe newest session of the workspace')
    if command -q $program
        set -a sessions (command $program sessions --cwd="$dir" 2>/dev/null </dev/null)
    end
    # For a title after --resume=, fish would replace the option, too. There, ids must match.
    set -l attached (commandline -ct | string replace -rf '^(--resume=|-r)' '')
    set sessions (string match -r -- '^'(string escape --style=regex -- "$attached")'.*' $sessions)
    # The id is followed by the time, the turns, tokens and cost, and the title.
    string replace -r '^(\S+) +(\S+ \S+)(?: +\S+){3} *(.*)$' '$1\t$3 ($2)' -- $sessions
end
