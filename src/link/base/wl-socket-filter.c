/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BPF filters of sockets. The kernel copies the program; errors are in errno.
 */
#include "wl-socket-filter.h"

#include <sys/socket.h>

gboolean
wl_socket_filter_attach(int fd, struct sock_filter *program, gsize length)
{
    struct sock_fprog filter = {(unsigned short) length, program};

    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0;
}
