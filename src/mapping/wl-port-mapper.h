/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-pcp.h"

/**
 * Asks the gateway of one address family to pass on what arrives at a UDP port of its external
 * address, by PCP or, for IPv4, NAT-PMP, and keeps that mapping (docs/engine.md "Port mapping").
 *
 * A pure state machine as the engine is: times are engine times and arguments, datagrams to send
 * are a list that the caller empties after every input, and the caller calls again at the deadline.
 * At most three datagrams go to a gateway that does not answer.
 */
typedef struct _WlPortMapper WlPortMapper;

/** The UDP port of gateways for both protocols, and the one at which clients hear announcements. */
#define WL_MAPPING_SERVER_PORT 5351
#define WL_MAPPING_CLIENT_PORT 5350

typedef enum {
    WL_MAPPING_OFF,     /* no gateway, or nothing to map */
    WL_MAPPING_ASKING,  /* the gateway was asked */
    WL_MAPPING_MAPPED,  /* the gateway passes on what arrives at `external` */
    WL_MAPPING_SILENT,  /* the gateway does not answer: it speaks neither protocol */
    WL_MAPPING_REFUSED, /* the gateway refuses, with `result` */
} WlMappingState;

/** "off", "asking", "mapped", "silent", "refused". */
const char *wl_mapping_state_to_string(WlMappingState state);

typedef enum {
    WL_MAPPING_PCP,
    WL_MAPPING_NAT_PMP,
} WlMappingProtocol;

/** What to map, and where. Zeroed: nothing. */
typedef struct {
    WlIp gateway;
    guint32 ifindex; /* of the uplink, whose gateway it is */
    WlIp client;     /* address of this machine there, the source of the requests */
    guint16 port;    /* UDP port of WireGuard */
} WlMappingTarget;

typedef struct {
    WlMappingState state;
    WlMappingProtocol protocol; /* the one that is spoken */
    WlMappingTarget target;
    WlEndpoint external; /* if MAPPED */
    gboolean nested;     /* if MAPPED: `external` is private, the gateway is behind another NAT */
    guint result;        /* if REFUSED: WlPcpResult or WlNatPmpResult */
} WlMappingView;

gboolean wl_mapping_target_equal(const WlMappingTarget *a, const WlMappingTarget *b);
gboolean wl_mapping_view_equal(const WlMappingView *a, const WlMappingView *b);

/** A datagram from `target.client` to `target.gateway`, WL_MAPPING_SERVER_PORT. */
typedef struct {
    WlMappingTarget target;
    guint8 bytes[WL_PCP_MAP_SIZE];
    gsize length;
} WlMappingDatagram;

/** @secret: the private key of this member. What is derived from it makes renewals after a restart
 * those of the same client; the key itself is not kept. */
WlPortMapper *wl_port_mapper_new(const WlKey *secret, WlRandomFunc random, gpointer user_data);
/** Wipes what was derived from the secret. Removes no mapping, see wl_port_mapper_set_target(). */
void wl_port_mapper_free(WlPortMapper *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlPortMapper, wl_port_mapper_free)

/** Another gateway, address or port. A mapping of the former one is removed, by one datagram that
 * is not repeated. */
void wl_port_mapper_set_target(WlPortMapper *self, gint64 now, const WlMappingTarget *target);
/** Asks a gateway again that was silent or refused: the network may be another one. */
void wl_port_mapper_retry(WlPortMapper *self, gint64 now);
/** A datagram came from WL_MAPPING_SERVER_PORT of @source, as a reply or an announcement. */
void wl_port_mapper_received(WlPortMapper *self, gint64 now, const WlIp *source, const guint8 *data,
                             gsize length);
/** The deadline has passed. */
void wl_port_mapper_advance(WlPortMapper *self, gint64 now);

/** FALSE if there is no more to send. */
gboolean wl_port_mapper_next_datagram(WlPortMapper *self, WlMappingDatagram *datagram);
/** WL_NEVER: none. */
gint64 wl_port_mapper_get_deadline(const WlPortMapper *self);
/** Owned by @self, valid until its next input. */
const WlMappingView *wl_port_mapper_get_view(const WlPortMapper *self);
