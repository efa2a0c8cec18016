/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Drops capabilities, makes the process undumpable and states where it may write, once at the
 * start.
 */

#include "wl-privileges.h"

#include <errno.h>
#include <glib.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-file-access.h"
#include "wl-limitation.h"
#include "wl-lock-file.h"
#include "wl-state-directory.h"

#define LAST_POSSIBLE (32 * _LINUX_CAPABILITY_U32S_3 - 1) /* newer kernels may have more */

static gboolean
keeps(int capability)
{
    return capability == CAP_NET_ADMIN || capability == CAP_NET_BIND_SERVICE;
}

/* Hardening only: what is refused is a limitation, and everything else is still done. */
static void
check(int result, const char *id, const char *lost)
{
    if (result < 0)
        wl_limitation_add(id, "%s: %s", lost, g_strerror(errno));
}

/* Lowers the soft limit alone: policies such as SELinux's for NetworkManager_t refuse a change of
 * the hard one. */
static int
disable_core_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_CORE, &limit) < 0)
        return -1;
    limit.rlim_cur = 0;
    return setrlimit(RLIMIT_CORE, &limit);
}

/* Requires CAP_SETPCAP. Without that capability, as under NetworkManager's unit, and where it is
 * refused, reducing the other sets is sufficient. */
static void
reduce_bounding_set(void)
{
    for (int i = 0; i <= LAST_POSSIBLE; i++) {
        if (!keeps(i))
            prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    }
}

static int
reduce_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
    struct __user_cap_data_struct before[_LINUX_CAPABILITY_U32S_3];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
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
    return memcmp(before, data, sizeof before) == 0 ? 0 : (int) syscall(SYS_capset, &header, data);
}

#define CONTROL_SOCKETS "/var/run/wireguard" /* of wireguard-go */

static void
restrict_files(void)
{
    const WlWritablePath paths[] = {
        {wl_state_directory(), WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CREATE},
        {WL_LOCK_DIRECTORY, WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CREATE},
        /* sockets and device of wireguard-go, and the input that GLib gives it */
        {CONTROL_SOCKETS, WL_FILE_ACCESS_CREATE},
        {"/dev/net/tun", WL_FILE_ACCESS_WRITE | WL_FILE_ACCESS_CONTROL},
        {"/dev/null", WL_FILE_ACCESS_WRITE},
        /* interfaces come and go: their directories do not exist yet */
        {"/proc/sys/net/ipv4/conf", WL_FILE_ACCESS_WRITE},
        {"/proc/sys/net/ipv6/conf", WL_FILE_ACCESS_WRITE},
    };

    /* A rule is about a directory that exists. A failure comes again, with its sentence, where the
     * directory is used. */
    g_mkdir_with_parents(wl_state_directory(), 0700);
    g_mkdir_with_parents(WL_LOCK_DIRECTORY, 0700);
    g_mkdir_with_parents(CONTROL_SOCKETS, 0755);
    wl_file_access_restrict(paths, G_N_ELEMENTS(paths));
}

void
wl_privileges_drop(void)
{
    check(prctl(PR_SET_DUMPABLE, 0), "dumpable",
          "other processes of root may read the private key from memory without CAP_SYS_PTRACE");
    check(disable_core_files(), "core-files", "a crash may write the private key to a core file");
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no-new-privileges",
          "programs that the service starts may gain privileges");
    reduce_bounding_set();
    check(reduce_capabilities(), "capabilities",
          "the service keeps more capabilities than it needs");
    restrict_files();
}
