using Inference.Server.Files;
using Inference.Server.Options;

namespace Inference.Server.Batches;

/// <summary>What every batch needs.</summary>
/// <param name="Store">Batches and their lines.</param>
/// <param name="Files">Their inputs and results.</param>
/// <param name="Requests">Runs a line.</param>
/// <param name="Gate">Says when one may run.</param>
/// <param name="Options">The limits.</param>
/// <param name="Time">The clock.</param>
internal sealed record BatchTools(BatchStore Store, FileStore Files, BatchRequests Requests, BatchGate Gate, ServerOptions Options, TimeProvider Time);
