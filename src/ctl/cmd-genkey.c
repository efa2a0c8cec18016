/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-input.h"
#include "wl-ctl-output.h"
#include "wl-ctl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Past stdio, whose buffer nobody wipes. */
static gboolean
write_all(const char *text, gsize length)
{
    while (length > 0) {
        gssize n = write(STDOUT_FILENO, text, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return FALSE;
        text += n;
        length -= (gsize) n;
    }
    return TRUE;
}

WlExit
wl_cmd_genkey(char **arguments)
{
    gboolean written;
    WlKey key;
    char *text;

    if (!wl_ctl_parse("genkey", arguments, NULL, 0, NULL))
        return WL_EXIT_USAGE;
    wl_key_generate(&key, wl_ctl_random, NULL);
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    written = write_all(text, WL_KEY_BASE64_SIZE) && write_all("\n", 1);
    wl_key_free_string(text);
    if (!written)
        wl_ctl_complain("cannot write to standard output: %s", g_strerror(errno));
    return written ? WL_EXIT_OK : WL_EXIT_FAILURE;
}
