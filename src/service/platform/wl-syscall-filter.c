/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * The seccomp filter of the running service: what is not in wl-syscall-list.c or below is refused.
 * Two filters, of which the stricter answer counts: the first refuses without a line in the
 * kernel's log, the second with one.
 */

#include "wl-syscall-filter.h"

#include <errno.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "wl-limitation.h"
#include "wl-syscall-list.h"

/* Not in all headers: Linux 5.17, Linux 5.6, and asm/termbits.h, which collides with termios.h. */
#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define TERMINAL_GET_2 _IOR('T', 0x2A, char[44]) /* TCGETS2, of glibc 2.42 */

#define NAMESPACES                                                                                 \
    ((scmp_datum_t) (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
                     CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME))

#ifdef __s390__
#define CLONE_FLAGS 1 /* the number of the argument */
#else
#define CLONE_FLAGS 0
#endif

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

/* GLib names threads, the C library names memory. */
static const unsigned int prctls[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA, PR_GET_DUMPABLE,
                                      PR_CAPBSET_READ};

static const unsigned long ioctls[] = {
    FIONREAD,     FIONBIO,     FIOCLEX,      FIONCLEX, TCGETS, TIOCGWINSZ, TERMINAL_GET_2,
#ifdef SIOCGIFINDEX
    SIOCGIFINDEX, SIOCGIFNAME, SIOCGIFFLAGS,
#endif
};

/* 0, or a negative errno. Negative numbers: not on this architecture. */
static int
add(scmp_filter_ctx filter, guint32 action, const char *name, const struct scmp_arg_cmp *argument)
{
    int number = seccomp_syscall_resolve_name(name);

    if (number < 0)
        return 0;
    return seccomp_rule_add_array(filter, action, number, argument ? 1 : 0, argument);
}

static int
add_all(scmp_filter_ctx filter, guint32 action, const char *const *names)
{
    int result = 0;

    for (guint i = 0; result == 0 && names[i]; i++)
        result = add(filter, action, names[i], NULL);
    return result;
}

/* Allows @name if @argument is equal to @value in the bits of @mask. */
static int
allow_masked(scmp_filter_ctx filter, const char *name, unsigned int argument, scmp_datum_t mask,
             scmp_datum_t value)
{
    struct scmp_arg_cmp cmp = SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, mask, value);

    return add(filter, SCMP_ACT_ALLOW, name, &cmp);
}

/* int and unsigned int: the upper half of a register may hold anything. */
static int
allow_value(scmp_filter_ctx filter, const char *name, unsigned int argument, guint32 value)
{
    return allow_masked(filter, name, argument, G_MAXUINT32, value);
}

static int
allow_values(scmp_filter_ctx filter)
{
    int result = allow_value(filter, "socketpair", 0, AF_UNIX);

    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(families); i++)
        result = allow_value(filter, "socket", 0, (guint32) families[i]);
    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(prctls); i++)
        result = allow_value(filter, "prctl", 0, prctls[i]);
    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(ioctls); i++)
        result = allow_value(filter, "ioctl", 1, (guint32) ioctls[i]);
    /* limits are read, not set */
    if (result == 0)
        result = allow_masked(filter, "prlimit64", 2, G_MAXUINT64, 0);
    return result;
}

/* Memory is writable or executable; libraries of name services are mapped by the C library. */
static int
allow_memory(scmp_filter_ctx filter)
{
    static const char *const maps[] = {"mmap", "mmap2"};
    int result = allow_masked(filter, "mprotect", 2, PROT_EXEC, 0);

    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(maps); i++) {
#if defined(__s390__) || (defined(__i386__) || defined(__arm__))
        /* mmap() of these takes a pointer to its arguments */
        if (g_str_equal(maps[i], "mmap")) {
#ifdef __s390x__
            result = add(filter, SCMP_ACT_ALLOW, maps[i], NULL);
#endif
            continue;
        }
#endif
        result = allow_masked(filter, maps[i], 2, PROT_EXEC, 0);
        if (result == 0)
            result = allow_masked(filter, maps[i], 2, PROT_WRITE, 0);
    }
    return result;
}

/* Threads, and neither processes nor namespaces. */
static int
allow_threads(scmp_filter_ctx filter)
{
    return allow_masked(filter, "clone", CLONE_FLAGS, NAMESPACES | CLONE_THREAD | CLONE_VM,
                        CLONE_THREAD | CLONE_VM);
}

static int
set_attributes(scmp_filter_ctx filter, gboolean logged)
{
    /* All threads: GDBus has a worker thread. */
    int result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);

    /* Calls of another architecture, such as those of 32-bit programs on x86-64. */
    if (result == 0)
        result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM));
    if (logged) /* since Linux 4.14; without, the log is missing and nothing else */
        seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    return result;
}

static int
load_silent(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int result = filter ? set_attributes(filter, FALSE) : -ENOMEM;

    if (result == 0)
        result = add_all(filter, SCMP_ACT_ERRNO(ENOSYS), wl_syscalls_silent);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result;
}

static int
load_logged(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int result = filter ? set_attributes(filter, TRUE) : -ENOMEM;

    if (result == 0)
        result = add_all(filter, SCMP_ACT_ALLOW, wl_syscalls_allowed);
    if (result == 0)
        result = add_all(filter, SCMP_ACT_ALLOW, wl_syscalls_silent); /* the first filter's */
    if (result == 0)
        result = allow_values(filter);
    if (result == 0)
        result = allow_memory(filter);
    if (result == 0)
        result = allow_threads(filter);
    if (result == 0)
        result = add_all(filter, SCMP_ACT_ERRNO(EPERM), wl_syscalls_denied);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    return result;
}

gboolean
wl_syscall_filter_load(GError **error)
{
    int result = load_silent();

    if (result == 0)
        result = load_logged();
    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result),
                "failed to load the system call filter: %s", g_strerror(-result));
    return FALSE;
}

void
wl_syscall_filter_enforce(void)
{
    g_autoptr(GError) error = NULL;

    if (wl_syscall_filter_load(&error))
        g_debug("what the service may not do is in the kernel's log: \"journalctl -k --grep "
                "type=1326\"");
    else
        wl_limitation_add("syscall-filter", "the service may make any system call: %s",
                          error->message);
}
