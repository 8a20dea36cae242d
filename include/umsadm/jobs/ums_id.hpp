#pragma once

#include <optional>
#include <string>
#include <vector>

#include "umsadm/base/finding.hpp"
#include "umsadm/base/secret.hpp"
#include "umsadm/crypto/certificate.hpp"
#include "umsadm/crypto/private_key.hpp"
#include "umsadm/deploy/ums_id_store.hpp"

namespace umsadm {

// Key pair and certificate that identify a UMS.
struct UmsId {
    Certificate certificate;
    std::optional<PrivateKey> key;
};

// The UMS ID text: Base64 (RFC 4648) of the certificate's DER on one line; and its short form, the first and the last
// 10 characters joined by "...". The UMS Console shows these without saying what they are; this is our definition.
std::string ums_id_text(const Certificate& certificate);
std::string ums_id_short(const Certificate& certificate);

// Reads a PKCS#12 file that holds a UMS ID and nothing else: one key entry with one self-signed certificate that is its
// own. Throws Code::invalid_data: no PKCS#12 (an opaque backup of the vendor's program, say), damaged, wrong password;
// Code::refused: a PKCS#12 of something else, the message says of what (a gateway's keystore, a CA-signed certificate,
// several keys).
UmsId read_ums_id_backup(ByteView file, const Secret& password);
// The same of the PKCS#12 file of a server with a file store: trusted entries may be beside the UMS ID.
UmsId read_ums_id_file(ByteView file, const Secret& password);
// Whether read_ums_id_backup() could make sense of it at all: it looks like PKCS#12.
bool is_ums_id_backup(ByteView file) noexcept;
// Writes such a file: PBES2 AES-256, readable by openssl(1), keytool(1) and Java from 8u301. The key has to be there.
Bytes write_ums_id_backup(const UmsId& ums_id, const Secret& password);

// The content of a server's PKCS#12 file with its UMS ID exchanged: alias and trusted entries stay. `present` is empty
// when there is no file yet.
Bytes exchange_ums_id(ByteView present, const UmsId& ums_id, const Secret& password);

// What a server's store showed, made sense of.
struct ServerUmsId {
    std::optional<Fingerprint> fingerprint;  // empty: the server has no UMS ID
    std::optional<Certificate> certificate;  // empty: only the fingerprint is known
    bool restart_pending = false;
};
// `file_password`: of a file store. Throws Code::invalid_data when it cannot be made sense of: then the UMS ID of that
// server is unknown.
ServerUmsId identify(const UmsIdReading& reading, const Secret* file_password);

// The exact words of the UMS Console.
enum class UmsIdStatus { main, in_sync, restart_needed, unknown };
std::string_view ums_id_status_text(UmsIdStatus status) noexcept;  // "Not in sync, please restart server"
std::string_view server_status_text(bool running) noexcept;        // "Running", "Not running"

// `main_fingerprint` empty: the site knows no Main UMS ID, so nothing can be said. `seen` empty: the server could not
// be asked.
UmsIdStatus status_of(bool is_main_server, const std::optional<Fingerprint>& main_fingerprint,
                      const std::optional<ServerUmsId>& seen);

}  // namespace umsadm
