/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "paths/wl-peer-echo.h"

guint16
wl_peer_echo_send(WlEngine *self, WlPeer *peer, const WlIp *source, const WlIp *destination)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_SEND_ECHO);

    output->key = peer->key;
    if (source)
        output->echo.source = *source;
    output->echo.destination = *destination;
    output->echo.sequence = ++self->inference.echo_sequence;
    wl_outputs_push(&self->outputs, output);
    return self->inference.echo_sequence;
}

void
wl_peer_echo_probe(WlEngine *self, WlPeer *peer)
{
    peer->path.echo.sequence = wl_peer_echo_send(self, peer, NULL, &peer->link_local);
    peer->path.echo.sent = self->now;
    wl_peer_add_own_tx(peer, WL_ECHO_SIZE_V6);
}

void
wl_peer_echo_note_reply(WlEngine *self, WlPeer *peer)
{
    peer->path.echo.responds = TRUE;
    peer->path.echo.last_reply = self->now;
    wl_peer_heard(peer, self->now);
}

gboolean
wl_peer_echo_take_reply(WlEngine *self, WlPeer *peer, guint16 sequence)
{
    if (peer->path.echo.sequence != sequence || peer->path.echo.sent == WL_LONG_AGO)
        return FALSE;
    wl_peer_echo_note_reply(self, peer);
    wl_peer_add_own_rx(peer, WL_ECHO_SIZE_V6);
    return TRUE;
}

void
wl_peer_echo_session_began(WlEngine *self, WlPeer *peer)
{
    peer->path.echo.session_since = self->now;
}

void
wl_peer_echo_session_ended(WlPeer *peer)
{
    peer->path.echo.responds = FALSE;
}
