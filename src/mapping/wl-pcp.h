/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-address.h"

/*
 * Messages of the Port Control Protocol (RFC 6887), as far as a client needs them that maps one UDP
 * port. Pure functions: they read and write bytes and decide nothing.
 */

#define WL_PCP_NONCE_SIZE 12
/** Bytes of a MAP request. */
#define WL_PCP_MAP_SIZE 60

/** The random value by which a gateway knows who may change a mapping (RFC 6887,
 * section 11.1). */
typedef struct {
    guint8 bytes[WL_PCP_NONCE_SIZE];
} WlPcpNonce;

typedef enum {
    WL_PCP_ANNOUNCE = 0,
    WL_PCP_MAP = 1,
} WlPcpOpcode;

/** Result codes (RFC 6887, section 7.4); others occur. */
typedef enum {
    WL_PCP_SUCCESS = 0,
    WL_PCP_UNSUPPORTED_VERSION = 1,
    WL_PCP_NOT_AUTHORIZED = 2,
    WL_PCP_NETWORK_FAILURE = 7,
    WL_PCP_NO_RESOURCES = 8,
    WL_PCP_USER_QUOTA = 10,
    WL_PCP_NO_EXTERNAL = 11,
    WL_PCP_ADDRESS_MISMATCH = 12,
} WlPcpResult;

typedef struct {
    WlPcpNonce nonce;
    WlIp client; /* the source address of the request */
    guint16 internal_port;
    WlEndpoint suggested; /* family NONE: any address */
    guint32 lifetime;     /* s; 0: remove the mapping */
} WlPcpRequest;

/** Writes a MAP request for UDP. */
void wl_pcp_encode_map(const WlPcpRequest *request, guint8 bytes[WL_PCP_MAP_SIZE]);

typedef struct {
    WlPcpOpcode opcode;
    guint8 result;    /* WlPcpResult */
    guint32 lifetime; /* s; of the mapping, or of the error */
    guint32 epoch;    /* s since the gateway lost its state */
    /* of MAP */
    WlPcpNonce nonce;
    guint16 internal_port;
    WlEndpoint external;
} WlPcpResponse;

/** FALSE if @data is no response of version 2 to MAP for UDP, and no ANNOUNCE; *response is then
 * undefined. Options are not read. */
gboolean wl_pcp_decode(const guint8 *data, gsize length, WlPcpResponse *response);
