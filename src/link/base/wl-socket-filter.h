/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>
#include <linux/filter.h>

/** Attaches a BPF program of @length instructions to a socket; FALSE with errno set. */
gboolean wl_socket_filter_attach(int fd, struct sock_filter *program, gsize length);
