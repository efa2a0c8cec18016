/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/** A DNS server of an uplink. Compared byte for byte: to be filled with zeros first. */
typedef struct {
    WlIp address;
    char interface[16]; /* it is asked by this one; "": whichever leads to it */
} WlDnsServer;
