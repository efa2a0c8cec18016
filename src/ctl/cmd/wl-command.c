/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of commands, in the order of --help. The row of each command is in the file of that
 * command. Static data; nothing here fails.
 */
#include "wl-command.h"

#include <string.h>

static const WlCommand *const commands[] = {
    &wl_command_up,
    &wl_command_down,
    &wl_command_status,
    &wl_command_peer,
    &wl_command_facts,
    &wl_command_explain,
    &wl_command_watch,
    &wl_command_doctor,
    &wl_command_refresh,
    &wl_command_forget,
    &wl_command_cleanup,
    &wl_command_map,
    &wl_command_convert,
    &wl_command_new,
    &wl_command_add,
    &wl_command_remove,
    &wl_command_rename,
    &wl_command_set_endpoint,
    &wl_command_genkey,
    &wl_command_pubkey,
    &wl_command_link_local,
    &wl_command_decode,
    NULL,
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
