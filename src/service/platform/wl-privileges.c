/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Drops capabilities and makes the process undumpable, once at the start. */

#include "wl-privileges.h"

#include <errno.h>
#include <gio/gio.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LAST_POSSIBLE (32 * _LINUX_CAPABILITY_U32S_3 - 1) /* newer kernels may have more */

static gboolean
keeps(int capability)
{
    return capability == CAP_NET_ADMIN || capability == CAP_NET_BIND_SERVICE;
}

static gboolean
fail(const char *what, GError **error)
{
    int saved = errno;

    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved),
                "failed to drop privileges: %s: %s", what, g_strerror(saved));
    return FALSE;
}

gboolean
wl_privileges_drop(GError **error)
{
    struct rlimit no_core = {0, 0};
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3];

    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return fail("PR_SET_DUMPABLE", error);
    if (setrlimit(RLIMIT_CORE, &no_core) < 0)
        return fail("RLIMIT_CORE", error);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return fail("PR_SET_NO_NEW_PRIVS", error);

    if (syscall(SYS_capget, &header, data) < 0)
        return fail("capget", error);
    /* Reduce the bounding set first, which requires CAP_SETPCAP. Without that capability, as under
     * NetworkManager's unit, reducing the other sets is sufficient. */
    for (int i = 0; i <= LAST_POSSIBLE; i++)
        if (!keeps(i) && prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0 && errno != EPERM &&
            errno != EINVAL)
            return fail("bounding set", error);
    memcpy(before, data, sizeof before);
    for (int i = 0; i <= LAST_POSSIBLE; i++) {
        struct __user_cap_data_struct *part = &data[CAP_TO_INDEX(i)];

        if (keeps(i))
            continue;
        part->effective &= ~CAP_TO_MASK(i);
        part->permitted &= ~CAP_TO_MASK(i);
        part->inheritable &= ~CAP_TO_MASK(i);
    }
    /* A unit that grants no others may also deny this call. */
    if (memcmp(before, data, sizeof before) != 0 && syscall(SYS_capset, &header, data) < 0)
        return fail("capset", error);
    return TRUE;
}
