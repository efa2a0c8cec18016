/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of commands, in the order of --help. The row of each command is in the file of that
 * command. Static data; nothing here fails.
 */
#include "wl-command.h"

#include <string.h>

#define MAX_GUESSED  20 /* bytes of a name */
#define MAX_DISTANCE 2

static const WlCommand *const commands[] = {
    &wl_command_up,         &wl_command_down,         &wl_command_status,
    &wl_command_peer,       &wl_command_ip,           &wl_command_ping,
    &wl_command_facts,      &wl_command_explain,      &wl_command_watch,
    &wl_command_events,     &wl_command_log,          &wl_command_doctor,
    &wl_command_router,     &wl_command_refresh,      &wl_command_forget,
    &wl_command_cleanup,    &wl_command_map,          &wl_command_convert,
    &wl_command_new,        &wl_command_add,          &wl_command_remove,
    &wl_command_rename,     &wl_command_set_endpoint, &wl_command_trust,
    &wl_command_exit,       &wl_command_offer_exit,   &wl_command_share_lan,
    &wl_command_add_lan,    &wl_command_genkey,       &wl_command_pubkey,
    &wl_command_link_local, &wl_command_decode,       NULL,
};

const WlCommand *const *
wl_command_list(void)
{
    return commands;
}

const WlCommand *
wl_command_find(const char *name)
{
    for (guint i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

/* The number of letters to insert, remove, replace or swap to get from @a to @b (the restricted
 * distance of Damerau and Levenshtein); both have at most MAX_GUESSED bytes. */
static guint
get_distance(const char *a, const char *b)
{
    guint d[MAX_GUESSED + 1][MAX_GUESSED + 1];
    guint n = (guint) strlen(a), m = (guint) strlen(b);

    for (guint i = 0; i <= n; i++) {
        for (guint j = 0; j <= m; j++) {
            guint differs = i > 0 && j > 0 && a[i - 1] != b[j - 1];

            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = MIN(MIN(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + differs);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = MIN(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n][m];
}

const char *
wl_command_guess(const char *name)
{
    const char *best = NULL;
    guint least = MAX_DISTANCE + 1;

    if (strlen(name) > MAX_GUESSED)
        return NULL;
    for (guint i = 0; commands[i]; i++) {
        guint distance = get_distance(name, commands[i]->name);

        /* Of short names every letter counts. */
        if (distance < least && distance < strlen(commands[i]->name) / 2) {
            least = distance;
            best = commands[i]->name;
        }
    }
    return best;
}
