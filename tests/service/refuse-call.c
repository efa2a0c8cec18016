/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loaded into a process with LD_PRELOAD: refuses one call, as a kernel or a security policy does.
 * WIRELINK_REFUSE names it as docs/hardening.md does, such as "setsockopt SO_MARK"; WIRELINK_ERRNO
 * is the error number. What was refused is counted in the file that WIRELINK_REFUSED names.
 *
 * A filter of system calls could tell neither a path nor a netlink message.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/icmp.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name))) dlsym(RTLD_NEXT, #name))

static int notes = -1;

/* Before the service denies itself to write there. */
static void __attribute__((constructor)) open_notes(void)
{
    const char *path = getenv("WIRELINK_REFUSED");

    if (path)
        notes = REAL(open)(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static void
note(void)
{
    if (notes >= 0)
        (void) !REAL(write)(notes, ".", 1);
}

/* Sets errno if @call is the one to refuse. */
static int
refuses(const char *call)
{
    const char *wanted = getenv("WIRELINK_REFUSE");

    if (!wanted || !call || strcmp(wanted, call) != 0)
        return 0;
    note();
    errno = atoi(getenv("WIRELINK_ERRNO"));
    return 1;
}

/* ---- names ----------------------------------------------------------------------------------- */

typedef struct {
    int level, number;
    const char *call;
} Name;

static const char *
find(const Name *names, size_t n, int level, int number)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].level == level && names[i].number == number)
            return names[i].call;
    }
    return NULL;
}
#define FIND(names, level, number) find(names, sizeof(names) / sizeof *(names), level, number)

static const Name options[] = {
    {SOL_SOCKET, SO_MARK, "setsockopt SO_MARK"},
    {SOL_SOCKET, SO_BINDTODEVICE, "setsockopt SO_BINDTODEVICE"},
    {SOL_SOCKET, SO_BINDTOIFINDEX, "setsockopt SO_BINDTOIFINDEX"},
    {SOL_SOCKET, SO_ATTACH_FILTER, "setsockopt SO_ATTACH_FILTER"},
    {SOL_SOCKET, SO_RCVBUFFORCE, "setsockopt SO_RCVBUFFORCE"},
    {SOL_SOCKET, SO_RCVBUF, "setsockopt SO_RCVBUF"},
    {SOL_SOCKET, SO_REUSEPORT, "setsockopt SO_REUSEPORT"},
    {SOL_SOCKET, SO_RCVTIMEO, "setsockopt SO_RCVTIMEO"},
    {SOL_SOCKET, SO_SNDTIMEO, "setsockopt SO_SNDTIMEO"},
    {SOL_NETLINK, NETLINK_CAP_ACK, "setsockopt NETLINK_CAP_ACK"},
    {SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, "setsockopt NETLINK_ADD_MEMBERSHIP"},
    {IPPROTO_IPV6, IPV6_V6ONLY, "setsockopt IPV6_V6ONLY"},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, "setsockopt IPV6_UNICAST_HOPS"},
    {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "setsockopt IPV6_RECVHOPLIMIT"},
    {IPPROTO_ICMPV6, ICMP6_FILTER, "setsockopt ICMP6_FILTER"},
    {SOL_RAW, ICMP_FILTER, "setsockopt ICMP_FILTER"},
};

static const Name prctls[] = {
    {0, PR_SET_DUMPABLE, "prctl PR_SET_DUMPABLE"},
    {0, PR_SET_NO_NEW_PRIVS, "prctl PR_SET_NO_NEW_PRIVS"},
    {0, PR_CAPBSET_DROP, "prctl PR_CAPBSET_DROP"},
    {0, PR_SET_PDEATHSIG, "prctl PR_SET_PDEATHSIG"},
};

static const Name numbers[] = {
    {0, SYS_capget, "capget"},
    {0, SYS_capset, "capset"},
    {0, SYS_pidfd_open, "pidfd_open"},
    {0, SYS_seccomp, "seccomp"},
    /* the same number everywhere; not in all headers */
    {0, 444, "landlock_create_ruleset"},
    {0, 445, "landlock_add_rule"},
    {0, 446, "landlock_restrict_self"},
};

static const Name messages[] = {
    {0, RTM_GETLINK, "netlink RTM_GETLINK"},   {0, RTM_NEWLINK, "netlink RTM_NEWLINK"},
    {0, RTM_SETLINK, "netlink RTM_SETLINK"},   {0, RTM_DELLINK, "netlink RTM_DELLINK"},
    {0, RTM_GETADDR, "netlink RTM_GETADDR"},   {0, RTM_NEWADDR, "netlink RTM_NEWADDR"},
    {0, RTM_GETROUTE, "netlink RTM_GETROUTE"}, {0, RTM_NEWROUTE, "netlink RTM_NEWROUTE"},
    {0, RTM_GETRULE, "netlink RTM_GETRULE"},   {0, RTM_NEWRULE, "netlink RTM_NEWRULE"},
};

static const char *
name_of_socket(int domain, int type, int protocol)
{
    int kind = type & 0xf;

    if (domain == AF_NETLINK)
        return protocol == NETLINK_ROUTE       ? "socket NETLINK_ROUTE"
               : protocol == NETLINK_NETFILTER ? "socket NETLINK_NETFILTER"
                                               : "socket NETLINK";
    if (domain == AF_PACKET)
        return "socket AF_PACKET";
    if (kind == SOCK_RAW)
        return domain == AF_INET6 ? "socket IPPROTO_ICMPV6" : "socket IPPROTO_ICMP";
    if (domain == AF_UNIX)
        return kind == SOCK_DGRAM ? "socket AF_UNIX, SOCK_DGRAM" : NULL;
    if (domain == AF_INET6)
        return "socket AF_INET6";
    return domain == AF_INET ? "socket AF_INET" : NULL;
}

static const char *
name_of_path(const char *path)
{
    if (strncmp(path, "/proc/sys/net/", strlen("/proc/sys/net/")) == 0)
        return strstr(path, "/disable_ipv6") ? "open disable_ipv6" : "open /proc/sys/net";
    if (strcmp(path, "/run/nm-wirelink") == 0)
        return "open /run/nm-wirelink";
    return NULL;
}

/* ---- calls ----------------------------------------------------------------------------------- */

#define REFUSE(call, failure)                                                                      \
    do {                                                                                           \
        if (refuses(call))                                                                         \
            return failure;                                                                        \
    } while (0)

int
setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
    struct rlimit now;

    /* SELinux checks a change of the hard limit only (selinux_task_setrlimit()). */
    if (getrlimit(resource, &now) == 0 && now.rlim_max != limit->rlim_max)
        REFUSE("setrlimit, hard", -1);
    REFUSE("setrlimit", -1);
    return REAL(setrlimit)(resource, limit);
}

int
prctl(int option, ...)
{
    unsigned long a[4];
    va_list arguments;

    va_start(arguments, option);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(arguments, unsigned long);
    va_end(arguments);
    REFUSE(FIND(prctls, 0, option), -1);
    return REAL(prctl)(option, a[0], a[1], a[2], a[3]);
}

long
syscall(long number, ...)
{
    long a[6];
    va_list arguments;

    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    REFUSE(FIND(numbers, 0, (int) number), -1);
    return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int
socket(int domain, int type, int protocol)
{
    REFUSE(name_of_socket(domain, type, protocol), -1);
    return REAL(socket)(domain, type, protocol);
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    REFUSE(FIND(options, level, option), -1);
    return REAL(setsockopt)(fd, level, option, value, size);
}

int
bind(int fd, const struct sockaddr *address, socklen_t size)
{
    switch (address->sa_family) {
    case AF_INET6:
        REFUSE("bind AF_INET6", -1);
        break;
    case AF_INET:
        REFUSE("bind AF_INET", -1);
        break;
    case AF_PACKET:
        REFUSE("bind AF_PACKET", -1);
        break;
    case AF_NETLINK:
        REFUSE("bind AF_NETLINK", -1);
        break;
    case AF_UNIX:
        REFUSE("bind AF_UNIX", -1);
        break;
    }
    return REAL(bind)(fd, address, size);
}

int
connect(int fd, const struct sockaddr *address, socklen_t size)
{
    /* Not the bus. */
    if (address->sa_family == AF_UNIX && strstr(address->sa_data, "/wireguard/"))
        REFUSE("connect AF_UNIX", -1);
    return REAL(connect)(fd, address, size);
}

ssize_t
sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *address,
       socklen_t size)
{
    const struct nlmsghdr *message = data;

    if (address && address->sa_family == AF_NETLINK && length >= sizeof *message)
        REFUSE(FIND(messages, 0, message->nlmsg_type), -1);
    if (address && address->sa_family == AF_INET6)
        REFUSE("sendto AF_INET6", -1);
    return REAL(sendto)(fd, data, length, flags, address, size);
}

ssize_t
send(int fd, const void *data, size_t length, int flags)
{
    if (length >= 4 && (memcmp(data, "set=", 4) == 0 || memcmp(data, "get=", 4) == 0))
        REFUSE("send AF_UNIX", -1);
    return REAL(send)(fd, data, length, flags);
}

int
open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (flags & (O_WRONLY | O_RDWR | O_DIRECTORY))
        REFUSE(name_of_path(path), -1);
    return REAL(open)(path, flags, mode);
}

/* What a fortified open() without a mode becomes, with files of any size. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

int
__open_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

int
__open64_2(const char *path, int flags)
{
    return open(path, flags, 0);
}

/* Of all files only those of the state are opened relative to a directory for writing. */
int
openat(int folder, const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (strncmp(path, ".wirelink-", strlen(".wirelink-")) == 0)
        REFUSE("openat", -1);
    return REAL(openat)(folder, path, flags, mode);
}

/* The service makes no directory but that of the locks. */
int
mkdir(const char *path, mode_t mode)
{
    if (strcmp(path, "/run/nm-wirelink") == 0)
        REFUSE("mkdir /run/nm-wirelink", -1);
    return REAL(mkdir)(path, mode);
}

int
fcntl(int fd, int command, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (command == F_OFD_SETLK)
        REFUSE("fcntl F_OFD_SETLK", -1);
    return REAL(fcntl)(fd, command, argument);
}

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
    REFUSE("renameat2", -1);
    return REAL(renameat2)(from_folder, from, to_folder, to, flags);
}

int
fsync(int fd)
{
    REFUSE("fsync", -1);
    return REAL(fsync)(fd);
}

int
fchmod(int fd, mode_t mode)
{
    REFUSE("fchmod", -1);
    return REAL(fchmod)(fd, mode);
}

int
timerfd_create(clockid_t clock, int flags)
{
    REFUSE(clock == CLOCK_REALTIME ? "timerfd_create CLOCK_REALTIME"
                                   : "timerfd_create CLOCK_BOOTTIME",
           -1);
    return REAL(timerfd_create)(clock, flags);
}

int
timerfd_settime(int fd, int flags, const struct itimerspec *new, struct itimerspec *old)
{
    REFUSE(flags & TFD_TIMER_CANCEL_ON_SET ? "timerfd_settime CLOCK_REALTIME"
                                           : "timerfd_settime CLOCK_BOOTTIME",
           -1);
    return REAL(timerfd_settime)(fd, flags, new, old);
}

int
inotify_init1(int flags)
{
    REFUSE("inotify_init1", -1);
    return REAL(inotify_init1)(flags);
}

int
inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    REFUSE("inotify_add_watch", -1);
    return REAL(inotify_add_watch)(fd, path, mask);
}

int
mlock(const void *address, size_t length)
{
    REFUSE("mlock", -1);
    return REAL(mlock)(address, length);
}

int
madvise(void *address, size_t length, int advice)
{
    REFUSE("madvise", -1);
    return REAL(madvise)(address, length, advice);
}

int
execve(const char *path, char *const arguments[], char *const environment[])
{
    REFUSE("execve", -1);
    return REAL(execve)(path, arguments, environment);
}
