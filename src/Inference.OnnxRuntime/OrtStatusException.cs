namespace Inference.OnnxRuntime;

/// <summary>ONNX Runtime's C API reported a failure; the message is its own.</summary>
public sealed class OrtStatusException(string message) : Exception(message);
