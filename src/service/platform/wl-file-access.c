/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Landlock (man 7 landlock), by system call: the C library has no functions, and the headers of
 * Debian 12 know the first version only. */

#include "wl-file-access.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-limitation.h"

/* The same numbers on every architecture. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule       445
#define SYS_landlock_restrict_self  446
#endif

#define CREATE_VERSION 1 /* LANDLOCK_CREATE_RULESET_VERSION */
#define RULE_PATH      1 /* LANDLOCK_RULE_PATH_BENEATH */
#define RULE_PORT      2 /* LANDLOCK_RULE_NET_PORT */

/* LANDLOCK_ACCESS_FS_* */
enum {
    WRITE_FILE = 1 << 1,
    REMOVE_DIR = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_CHAR = 1 << 6,
    MAKE_DIR = 1 << 7,
    MAKE_REG = 1 << 8,
    MAKE_SOCK = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_BLOCK = 1 << 11,
    MAKE_SYM = 1 << 12,
    REFER = 1 << 13,     /* version 2 */
    TRUNCATE = 1 << 14,  /* version 3 */
    IOCTL_DEV = 1 << 15, /* version 5 */
};

/* LANDLOCK_ACCESS_NET_*, version 4 */
enum {
    BIND_TCP = 1 << 0,
    CONNECT_TCP = 1 << 1,
};

/* LANDLOCK_SCOPE_*, version 6 */
enum {
    SCOPE_ABSTRACT_SOCKETS = 1 << 0,
    SCOPE_SIGNALS = 1 << 1,
};

#define DNS_PORT 53

/* struct landlock_ruleset_attr. A kernel refuses a size that is larger than its own only if what it
 * does not know is not 0. */
typedef struct {
    guint64 files, network, scopes;
} Ruleset;

/* struct landlock_path_beneath_attr */
typedef struct {
    guint64 allowed;
    gint32 parent_fd;
} __attribute__((packed)) PathRule;

/* struct landlock_net_port_attr */
typedef struct {
    guint64 allowed, port;
} PortRule;

/* Buses and service managers may use an abstract socket; by default they do not. */
static gboolean
uses_abstract_sockets(void)
{
    const char *bus = g_getenv("DBUS_SYSTEM_BUS_ADDRESS");
    const char *notify = g_getenv("NOTIFY_SOCKET");

    return (bus && strstr(bus, "abstract")) || (notify && *notify == '@');
}

static Ruleset
restrictions(long version)
{
    Ruleset rules = {.files = WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_CHAR | MAKE_DIR |
                              MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_BLOCK | MAKE_SYM};

    if (version >= 2)
        rules.files |= REFER;
    if (version >= 3)
        rules.files |= TRUNCATE;
    if (version >= 4)
        rules.network = BIND_TCP | CONNECT_TCP;
    if (version >= 5)
        rules.files |= IOCTL_DEV;
    if (version >= 6)
        rules.scopes = SCOPE_SIGNALS | (uses_abstract_sockets() ? 0 : SCOPE_ABSTRACT_SOCKETS);
    return rules;
}

static guint64
access_to_rights(WlFileAccess access)
{
    guint64 rights = 0;

    if (access & WL_FILE_ACCESS_WRITE)
        rights |= WRITE_FILE | TRUNCATE;
    if (access & WL_FILE_ACCESS_CREATE)
        rights |= MAKE_REG | MAKE_SOCK | REMOVE_FILE;
    if (access & WL_FILE_ACCESS_CONTROL)
        rights |= IOCTL_DEV;
    return rights;
}

/*
 * 0 or -1 with errno. The descriptor stays open: the directories of /proc/sys get a new inode when
 * the kernel reclaims the cached one, and the rule holds for the inode that it named.
 */
static int
allow_path(int ruleset, const Ruleset *rules, const WlWritablePath *path)
{
    PathRule rule = {.allowed = access_to_rights(path->access) & rules->files};
    int saved;

    rule.parent_fd = open(path->path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return 0; /* what needs it tells why it fails */
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) == 0)
        return 0;
    saved = errno;
    close(rule.parent_fd);
    errno = saved;
    return -1;
}

static int
allow_dns(int ruleset, const Ruleset *rules)
{
    const PortRule rule = {.allowed = CONNECT_TCP, .port = DNS_PORT};

    return rules->network ? (int) syscall(SYS_landlock_add_rule, ruleset, RULE_PORT, &rule, 0) : 0;
}

static int
fill_and_enforce(int ruleset, const Ruleset *rules, const WlWritablePath *paths, gsize n)
{
    if (allow_dns(ruleset, rules) < 0)
        return -1;
    for (gsize i = 0; i < n; i++) {
        if (allow_path(ruleset, rules, &paths[i]) < 0)
            return -1;
    }
    return (int) syscall(SYS_landlock_restrict_self, ruleset, 0);
}

static void
report(void)
{
    wl_limitation_add("file-access", "a defect of the service could write to any file of root: %s",
                      errno == ENOSYS ? "this kernel has no Landlock"
                      : errno == EOPNOTSUPP
                          ? "Landlock is disabled in this kernel; add landlock to "
                            "its parameter lsm="
                          : g_strerror(errno));
}

void
wl_file_access_restrict(const WlWritablePath *paths, gsize n)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);
    Ruleset rules = restrictions(version);
    int ruleset, result;

    if (version < 0) {
        report();
        return;
    }
    ruleset = (int) syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    result = ruleset < 0 ? -1 : fill_and_enforce(ruleset, &rules, paths, n);
    if (result < 0)
        report();
    if (ruleset >= 0)
        close(ruleset);
}
