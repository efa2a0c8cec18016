/* SPDX-License-Identifier: GPL-2.0-or-later */

/* States where this process may write, and creates those directories, which must exist for the rule
 * about them. */

#include "wl-containment.h"

#include <glib.h>
#include <sys/stat.h>

#include "wl-file-access.h"
#include "wl-limitation.h"
#include "wl-lock-file.h"
#include "wl-privileges.h"
#include "wl-state-file.h"
#include "wl-syscall-filter.h"

#define CONTROL_SOCKETS "/var/run/wireguard" /* of wireguard-go */

static void
restrict_files(void)
{
    const WlWritablePath paths[] = {
        {wl_state_file_directory(), WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CREATE},
        {WL_LOCK_DIRECTORY, WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CREATE},
        /* sockets and device of wireguard-go, and the input that GLib gives it */
        {CONTROL_SOCKETS, WL_FILE_ACCESS_CREATE},
        {"/dev/net/tun", WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CONTROL},
        {"/dev/null", WL_FILE_ACCESS_WRITE},
        /* interfaces come and go: their directories do not exist yet */
        {"/proc/sys/net/ipv4/conf", WL_FILE_ACCESS_WRITE},
        {"/proc/sys/net/ipv6/conf", WL_FILE_ACCESS_WRITE},
    };

    /* A failure comes again, with its sentence, where the directory is used. */
    g_mkdir_with_parents(wl_state_file_directory(), 0700);
    g_mkdir_with_parents(WL_LOCK_DIRECTORY, 0700);
    g_mkdir_with_parents(CONTROL_SOCKETS, 0755);
    wl_file_access_restrict(paths, G_N_ELEMENTS(paths));
}

void
wl_containment_begin(void)
{
    wl_privileges_drop();
    restrict_files();
}

void
wl_containment_complete(void)
{
    g_autoptr(GError) error = NULL;

    if (wl_syscall_filter_load(&error))
        g_debug("what the service may not do is in the kernel's log: \"journalctl -k --grep "
                "'type=1326|type=1423'\"");
    else
        wl_limitation_add("syscall-filter", WL_SYSCALL_FILTER_LOST ": %s", error->message);
}
