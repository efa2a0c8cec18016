/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-instance-lock.h"

#include "wl-lock-file.h"

int
wl_instance_lock(const char *name, GError **error)
{
    g_autofree char *lock = g_strdup_printf("wirelinkd.%s", name);
    g_autoptr(GError) reason = NULL;
    int fd = wl_lock_file_take(lock, TRUE, &reason);

    if (fd >= 0)
        return fd;
    if (g_error_matches(reason, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                    "another wirelinkd serves the profile \"%s\"; stop it first", name);
    else
        g_set_error(error, reason->domain, reason->code, "cannot lock the profile \"%s\": %s", name,
                    reason->message);
    return -1;
}
