/* A Borg that does nothing: says its version, and $ANSWER where JSON is asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int words, char **word)
{
    const char *answer = getenv("ANSWER");
    for (int at = 1; at < words; at++) {
        if (!strcmp(word[at], "--version")) puts("borg 1.4.0");
        if (!strcmp(word[at], "--json") && answer) puts(answer);
    }
    return 0;
}
