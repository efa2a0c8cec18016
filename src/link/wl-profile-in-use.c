/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-in-use.h"

#include <string.h>
#include <unistd.h>

#include "wl-lock-file.h"

/* "profile.<uuid>.<pid>" */
#define PREFIX "profile."

int
wl_profile_in_use_mark(const char *uuid, GError **error)
{
    g_autofree char *name = g_strdup_printf(PREFIX "%s.%d", uuid, (int) getpid());
    int fd = wl_lock_file_take(name, FALSE, error);

    if (fd < 0)
        g_prefix_error(error, "cannot mark the profile as in use: ");
    return fd;
}

char **
wl_profile_in_use_list(GError **error)
{
    g_autoptr(GStrvBuilder) uuids = g_strv_builder_new();
    g_auto(GStrv) names = wl_lock_file_list(error);

    if (!names)
        return NULL;
    for (guint i = 0; names[i]; i++) {
        const char *uuid = names[i] + strlen(PREFIX);
        const char *end = strrchr(names[i], '.');

        if (g_str_has_prefix(names[i], PREFIX) && end >= uuid) {
            g_autofree char *word = g_strndup(uuid, (gsize) (end - uuid));

            g_strv_builder_add(uuids, word);
        }
    }
    return g_strv_builder_end(uuids);
}
