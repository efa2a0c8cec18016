/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl link-local: the address of a member inside the tunnel, derived from its public key.
 */
#include <stdio.h>
#include <unistd.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-keys.h"
#include "wl-link-local.h"
#include "wl-print.h"

static gboolean
get_key(const char *argument, WlKey *key)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = NULL;

    if (!argument) {
        if (wl_keys_read(STDIN_FILENO, "standard input", "public key", key, &error))
            return TRUE;
        wl_print_error("%s", error->message);
        return FALSE;
    }
    if (wl_key_parse(argument, key))
        return TRUE;
    shown = wl_display_escape(argument);
    wl_print_error("\"%s\" is not a public key; a key is 44 characters of base64 that end in =",
                   shown);
    return FALSE;
}

static WlExit
run(WlRequest *request)
{
    g_autofree char *text = NULL;
    WlIp address;
    WlKey key;

    if (!get_key(request->operands[0], &key))
        return WL_EXIT_FAILURE;
    wl_key_link_local(&key, &address);
    text = wl_ip_to_string(&address);
    puts(text);
    return WL_EXIT_OK;
}

const WlCommand wl_command_link_local = {
    .name = "link-local",
    .operands = "[PUBLIC-KEY]",
    .summary = "print the link-local address of a member inside the tunnel",
    .run = run,
};
