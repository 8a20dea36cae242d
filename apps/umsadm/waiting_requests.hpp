#pragma once

#include <string>
#include <vector>

#include "umsadm/crypto/certification_request.hpp"
#include "umsadm/registry/request_store.hpp"

#include "context.hpp"
#include "json.hpp"

namespace umsadm::app {

// A certification request of the site that waits for its answer.
struct WaitingRequest {
    RequestRecord record;
    CertificationRequest request;
};

// All of them, by name and time. Throws as load_requests() and parsing do.
std::vector<WaitingRequest> load_waiting_requests(const Site& site);

// The one that the user means: by its ID, or at least 8 digits of it, or by its name when no other waits under it.
// Throws Code::not_found, Code::ambiguous.
const WaitingRequest& select_request(const std::vector<WaitingRequest>& all, const std::string& selector);

Json request_json(const WaitingRequest& waiting, const Site& site);

// Every detail in lines, or a row. Sets no JSON result.
void show_request(Output& out, const WaitingRequest& waiting);

// The result of "cert list --requests", in every form.
void list_requests(Context& ctx);

}  // namespace umsadm::app
