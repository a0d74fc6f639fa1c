"""The payment gateway: order, settlement and refund, server to server only."""
