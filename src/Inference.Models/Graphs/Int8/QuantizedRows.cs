namespace Inference.Models.Graphs.Int8;

/// <summary>Activations in 8 bits.</summary>
/// <param name="Name">UINT8 [rows, width].</param>
/// <param name="Scales">FLOAT [rows].</param>
internal readonly record struct QuantizedRows(string Name, string Scales);
