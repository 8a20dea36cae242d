#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace umsadm::app {

// What the shells offer for the value of an option or argument when TAB is pressed (completion.hpp).
enum class OfferKind {
    unknown,  // nobody said: a unit test that walks over all commands refuses it
    nothing,  // a text, number, address or path on another machine, which only the user knows
    file,
    folder,
    password_source,  // file:PATH, fd:N, env:NAME, prompt
    finding_code,
    // Names that the site knows:
    gateway,
    label,  // KEY=VALUE, as gateways have it
    gateway_group,
    server,
    certificate,  // NAME; NAME@GENERATION and sha256:FINGERPRINT once they are begun
    authority,    // a certificate that can sign, with its key
    request,      // a certification request that waits for its answer
    backup,       // a keystore on the gateway that stands before it on the line
};

// A fixed word, and what it means.
struct OfferedWord {
    std::string word;
    std::string says = {};
};

// A value may be one of several things: "C|FILE".
struct Offers {
    std::vector<OfferKind> kinds = {};
    std::vector<OfferedWord> words = {};
};

// What the name of a value in the help stands for: the parts of "C|FILE" by a table, those of "auto|always|never" as
// the words themselves. What the table does not know (as NAME, which may be new or known) is OfferKind::unknown:
// Command::offering() says it then.
Offers offers_for(std::string_view value_name);

}  // namespace umsadm::app
