/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/*
 * Messages of the NAT Port Mapping Protocol (RFC 6886), the predecessor of PCP at the same port of
 * the gateway. Pure functions: they read and write bytes and decide nothing.
 */

/** Bytes of the requests. */
#define WL_NAT_PMP_ADDRESS_SIZE 2
#define WL_NAT_PMP_MAP_SIZE     12

typedef enum {
    WL_NAT_PMP_ADDRESS = 0, /* the external address */
    WL_NAT_PMP_MAP_UDP = 1,
} WlNatPmpOpcode;

/** Result codes (RFC 6886, section 3.5). */
typedef enum {
    WL_NAT_PMP_SUCCESS = 0,
    WL_NAT_PMP_UNSUPPORTED_VERSION = 1,
    WL_NAT_PMP_NOT_AUTHORIZED = 2,
    WL_NAT_PMP_NETWORK_FAILURE = 3,
    WL_NAT_PMP_NO_RESOURCES = 4,
} WlNatPmpResult;

void wl_nat_pmp_encode_address(guint8 bytes[WL_NAT_PMP_ADDRESS_SIZE]);
/** @suggested: external port; @lifetime: in seconds. Both 0: remove the mapping. */
void wl_nat_pmp_encode_map(guint16 internal_port, guint16 suggested, guint32 lifetime,
                           guint8 bytes[WL_NAT_PMP_MAP_SIZE]);

typedef struct {
    guint8 opcode;  /* WlNatPmpOpcode; any other one in an error */
    guint16 result; /* WlNatPmpResult; the fields below are set if it is SUCCESS */
    guint32 epoch;  /* s since the gateway lost its state */
    WlIp address;   /* of ADDRESS */
    guint16 internal_port, external_port; /* of MAP_UDP */
    guint32 lifetime;                     /* of MAP_UDP, s */
} WlNatPmpResponse;

/** FALSE if @data is no response to one of the requests; *response is then undefined. A gateway
 * without PCP answers a request of it with WL_NAT_PMP_UNSUPPORTED_VERSION (RFC 6887, A). */
gboolean wl_nat_pmp_decode(const guint8 *data, gsize length, WlNatPmpResponse *response);
