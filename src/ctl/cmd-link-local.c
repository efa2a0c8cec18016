/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-input.h"
#include "wl-ctl-output.h"
#include "wl-ctl.h"
#include "wl-link-local.h"

#include <stdio.h>
#include <unistd.h>

static gboolean
get_key(const char *argument, WlKey *key)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = NULL;

    if (!argument) {
        if (wl_ctl_read_key(STDIN_FILENO, "standard input", "public key", key, &error))
            return TRUE;
        wl_ctl_complain("%s", error->message);
        return FALSE;
    }
    if (wl_key_parse(argument, key))
        return TRUE;
    shown = wl_ctl_harmless(argument);
    wl_ctl_complain("\"%s\" is not a public key: expected 44 characters of base64, the last one =",
                    shown);
    return FALSE;
}

WlExit
wl_cmd_link_local(char **arguments)
{
    g_auto(GStrv) rest = NULL;
    g_autofree char *text = NULL;
    WlIp address;
    WlKey key;

    if (!wl_ctl_parse("link-local", arguments, NULL, 1, &rest))
        return WL_EXIT_USAGE;
    if (!get_key(rest[0], &key))
        return WL_EXIT_FAILURE;
    wl_key_link_local(&key, &address);
    text = wl_ip_to_string(&address);
    puts(text);
    return WL_EXIT_OK;
}
