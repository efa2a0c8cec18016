/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** A DNS server of an uplink. Compared bytewise: initialize it with zeros. */
typedef struct {
    WlIp address;
    char interface[16]; /* interface that queries are bound to; "": any */
} WlDnsServer;
