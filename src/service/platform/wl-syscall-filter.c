/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The seccomp filter of the running service. */

#include "wl-syscall-filter.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/socket.h>

/* A list of denied calls instead of allowed ones: GLib and the C library use different calls in
 * each version, and a service that is killed at runtime is not more secure. */
static const char *const refused[] = {
    /* other programs and other processes */
    "execve",
    "execveat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_getfd",
    "kcmp",
    "process_madvise",
    /* namespaces and file systems */
    "setns",
    "unshare",
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "open_tree",
    "move_mount",
    "mount_setattr",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "open_by_handle_at",
    "mknod",
    "mknodat",
    "swapon",
    "swapoff",
    "quotactl",
    "quotactl_fd",
    "acct",
    /* code in the kernel */
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "io_uring_setup",
    "io_uring_enter",
    "io_uring_register",
    /* credentials */
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "setfsuid",
    "setfsgid",
    "setgroups",
    "keyctl",
    "add_key",
    "request_key",
    "personality",
    /* the machine */
    "settimeofday",
    "clock_settime",
    "adjtimex",
    "clock_adjtime",
    "sethostname",
    "setdomainname",
    "reboot",
    "syslog",
    "iopl",
    "ioperm",
};

static const int refused_families[] = {AF_PACKET, AF_ALG, AF_VSOCK, AF_KEY, AF_XDP, AF_TIPC};

static int
add_rules(scmp_filter_ctx filter)
{
    const guint32 action = SCMP_ACT_ERRNO(EPERM);
    int result = 0;

    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(refused); i++) {
        int number = seccomp_syscall_resolve_name(refused[i]);

        /* Negative: not available on this architecture. */
        if (number >= 0)
            result = seccomp_rule_add(filter, action, number, 0);
    }
    for (gsize i = 0; result == 0 && i < G_N_ELEMENTS(refused_families); i++)
        result = seccomp_rule_add(filter, action, SCMP_SYS(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t) refused_families[i]));
    return result;
}

gboolean
wl_syscall_filter_load(GError **error)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int result;

    if (!filter) {
        g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                            "failed to create the system call filter");
        return FALSE;
    }
    /* All threads: GDBus has a worker thread. */
    result = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = add_rules(filter);
    if (result == 0)
        result = seccomp_load(filter);
    seccomp_release(filter);
    if (result == 0)
        return TRUE;
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(-result),
                "failed to load the system call filter: %s", g_strerror(-result));
    return FALSE;
}
