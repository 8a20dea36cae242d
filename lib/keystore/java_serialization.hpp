#pragma once

#include "lib/keystore/byte_reader.hpp"

namespace umsadm::keystore {

// Steps over the Java-serialised secret key of a JCEKS entry, which has no length field. Only the one shape that
// Java's own keystore writes is understood: a SealedObject of two byte arrays and two strings.
// Throws Code::invalid_data for anything else.
void skip_sealed_object(ByteReader& reader);

}  // namespace umsadm::keystore
